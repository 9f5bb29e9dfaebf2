import { ApiError } from '../../../src/runtime/api-error.ts';
import { createFence, openFence } from '../../../src/runtime/fence.ts';
import type { Fence } from '../../../src/runtime/fence.ts';

let now = 0;
const times = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, writeTimeoutMs: 5_000, clock: { now: () => now } };

/** `open`, or the reason of the error. */
function stateOf(fence: Fence): string {
  try {
    fence.gate();
    return 'open';
  } catch (error) {
    return error instanceof ApiError ? error.reason : String(error);
  }
}

beforeEach(() => {
  now = 1_000;
});

describe('the fence', () => {
  it('is shut until the lease was renewed', () => {
    expect(stateOf(createFence(times))).toBe('Fenced');
  });

  it('lets a write start as long as the write ends before the lease does, counted from the start of the renewal', () => {
    const fence = createFence(times);
    fence.renewed(1_000);
    const states = [1_000, 10_999, 11_000, 16_000, 1_000_000].map((at) => {
      now = at;
      return [at, stateOf(fence)];
    });
    expect(states).toEqual([
      [1_000, 'open'],
      [10_999, 'open'],
      [11_000, 'Fenced'],
      [16_000, 'Fenced'],
      [1_000_000, 'Fenced'],
    ]);
  });

  it('opens again with the next renewal', () => {
    const fence = createFence(times);
    fence.renewed(1_000);
    now = 12_000;
    const before = stateOf(fence);
    fence.renewed(11_500);
    expect([before, stateOf(fence)]).toEqual(['Fenced', 'open']);
  });

  it('does not forget a later renewal when the answer to an earlier one comes in', () => {
    const fence = createFence(times);
    fence.renewed(5_000);
    fence.renewed(1_000);
    now = 14_000;
    expect(stateOf(fence)).toBe('open');
  });

  it('stays shut once it was closed', () => {
    const fence = createFence(times);
    fence.renewed(1_000);
    fence.close();
    fence.renewed(1_000);
    expect(stateOf(fence)).toBe('Fenced');
  });

  it.each([5_001, 0, -1, Number.NaN])(
    'refuses a write timeout of %d ms when 5 s are left after the renew deadline',
    (ms) => {
      expect(() => createFence({ ...times, writeTimeoutMs: ms })).toThrow(RangeError);
    },
  );

  it('is always open without leader election', () => {
    openFence.close();
    expect(stateOf(openFence)).toBe('open');
  });
});

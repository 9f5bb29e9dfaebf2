import { dueNow } from '../../mesh/probers/pace.ts';

const pace = { perSecond: 100, atOnce: 10, slots: 50 };

describe('the pace of probers', () => {
  it.each([
    ['the first request leaves at once', { used: 0, open: 0, elapsedMs: 0 }, { send: 1, leaveOut: 0, isOver: false }],
    ['nothing is due before its slot', { used: 1, open: 0, elapsedMs: 9 }, { send: 0, leaveOut: 0, isOver: false }],
    ['a slot is due when its time comes', { used: 1, open: 1, elapsedMs: 10 }, { send: 1, leaveOut: 0, isOver: false }],
    [
      'a late tick makes up for all slots',
      { used: 1, open: 1, elapsedMs: 79 },
      { send: 7, leaveOut: 0, isOver: false },
    ],
    [
      'slots are left out beside too many answers outstanding',
      { used: 1, open: 8, elapsedMs: 79 },
      { send: 2, leaveOut: 5, isOver: false },
    ],
    [
      'slow answers do not hold up the loop',
      { used: 20, open: 10, elapsedMs: 200 },
      { send: 0, leaveOut: 1, isOver: false },
    ],
    [
      'the number of slots is bounded',
      { used: 45, open: 0, elapsedMs: 10_000 },
      { send: 5, leaveOut: 0, isOver: true },
    ],
    [
      'nothing is sent after the last slot',
      { used: 50, open: 0, elapsedMs: 20_000 },
      { send: 0, leaveOut: 0, isOver: true },
    ],
  ])('%s', (_, progress, due) => {
    expect(dueNow(pace, progress)).toEqual(due);
  });
});

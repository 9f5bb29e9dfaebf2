import { createLog, errorField, errorText } from '../../../../src/cli/operator/log.ts';
import type { Log, LogOptions } from '../../../../src/cli/operator/log.ts';
import { ApiError } from '../../../../src/runtime/api-error.ts';

let written: string[];

const logOf = (options: Partial<LogOptions> = {}): Log =>
  createLog({
    level: 'info',
    format: 'json',
    now: () => Date.UTC(2026, 10, 21, 10, 0, 0, 123),
    write: (line) => written.push(line),
    ...options,
  });

beforeEach(() => {
  written = [];
});

describe('a log', () => {
  it('writes one JSON object a line: what every line has first, in one order, whatever order it is given in', () => {
    logOf().line('warn', 'reconcile was refused', {
      result: 'error',
      reconcileID: '0123456789abcdef',
      generation: 3,
      name: 'shop',
      namespace: 'team',
      controller: 'apptraffic',
      logger: 'controller',
      error: 'no\nway',
    });
    expect(written).toEqual([
      '{"ts":"2026-11-21T10:00:00.123Z","level":"warn","msg":"reconcile was refused","logger":"controller",' +
        '"controller":"apptraffic","namespace":"team","name":"shop","generation":3,"reconcileID":"0123456789abcdef",' +
        '"error":"no\\nway","result":"error"}\n',
    ]);
  });

  it('writes text for people: still one line each', () => {
    logOf({ format: 'text' }).line('info', 'cache filled', { items: 2, logger: 'watch', error: 'no\nway' });
    expect(written).toEqual([
      '2026-11-21T10:00:00.123Z  info  cache filled  logger="watch"  error="no\\nway"  items=2\n',
    ]);
  });

  it('leaves out fields without a value and keeps those whose value is nothing', () => {
    logOf().line('info', 'gave the lease back', { lease: undefined, holder: '', transitions: 0 });
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ts: '2026-11-21T10:00:00.123Z', level: 'info', msg: 'gave the lease back', holder: '', transitions: 0 },
    ]);
  });

  it.each([
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ] as const)('of level %s writes that and what is graver', (level, expected) => {
    const log = logOf({ level });
    const levels = ['error', 'warn', 'info', 'debug'] as const;
    for (const each of levels) log.line(each, each);
    expect(written.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(expected);
    expect(levels.filter((each) => log.isEnabled(each))).toEqual(expected);
  });
});

describe('an error in a log', () => {
  it('of the API server is what the server said; a defect of ours says where it comes from', () => {
    const defect = new TypeError('x is undefined');
    const refused = new ApiError({ status: 403, reason: 'Forbidden', message: 'may not patch' });
    expect([errorField(refused), errorField(defect), errorField('text')]).toEqual([
      'may not patch',
      defect.stack,
      'text',
    ]);
    expect([errorText(refused), errorText(defect), errorText('text')]).toEqual([
      'may not patch',
      'x is undefined',
      'text',
    ]);
  });
});

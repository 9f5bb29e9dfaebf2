import { ApiError } from '../../../src/runtime/api-error.ts';
import { errorOfAnswer, errorOfWatchEvent } from '../../../src/runtime/api-status.ts';
import { classify } from '../../../src/runtime/classify.ts';
import type { ErrorClass } from '../../../src/runtime/error-class.ts';
import type { Verb } from '../../../src/runtime/observer.ts';

type Row = readonly [
  what: string,
  verb: Verb,
  status: number,
  body: unknown,
  retryAfter: string | undefined,
  expected: ErrorClass,
];

const status = (reason: string, details: unknown = {}): unknown => ({
  kind: 'Status',
  reason,
  details,
  message: reason,
});

const rows: readonly Row[] = [
  ['a missing object', 'get', 404, status('NotFound', { name: 'a', kind: 'services' }), undefined, 'gone'],
  ['a missing kind whose group is unknown', 'patch', 404, '404 page not found', undefined, 'kindMissing'],
  ['a missing kind in a known group', 'create', 404, status('NotFound'), undefined, 'kindMissing'],
  ['a kind that takes no writes any more', 'patch', 405, status('MethodNotAllowed'), undefined, 'kindMissing'],
  ['a collection that is not served', 'list', 404, status('NotFound', { name: 'x' }), undefined, 'kindMissing'],
  ['a stale precondition', 'patch', 409, status('Conflict'), undefined, 'conflict'],
  ['a name already taken', 'create', 409, status('AlreadyExists'), undefined, 'conflict'],
  ['a resourceVersion compacted away', 'watch', 410, status('Expired'), undefined, 'gone'],
  [
    'a resourceVersion from the future',
    'watch',
    504,
    status('Timeout', { causes: [{ reason: 'ResourceVersionTooLarge' }] }),
    undefined,
    'gone',
  ],
  ['a refusal by RBAC', 'patch', 403, status('Forbidden'), undefined, 'forbidden'],
  [
    'a create in a namespace that ends',
    'create',
    403,
    status('Forbidden', { causes: [{ reason: 'NamespaceTerminating' }] }),
    undefined,
    'namespaceTerminating',
  ],
  ['no valid credentials', 'get', 401, status('Unauthorized'), undefined, 'forbidden'],
  ['an invalid object', 'patch', 422, status('Invalid'), undefined, 'rejected'],
  ['an unknown field', 'patch', 400, status('BadRequest'), undefined, 'rejected'],
  ['a media type the server does not read', 'patch', 415, status('UnsupportedMediaType'), undefined, 'rejected'],
  ['throttling with a time', 'patch', 429, status('TooManyRequests'), '3', 'retryAfter'],
  ['throttling without a time', 'patch', 429, status('TooManyRequests'), undefined, 'retry'],
  ['a server error', 'patch', 500, status('InternalError'), undefined, 'retry'],
  ['a server that starts', 'get', 503, '<html>', '1', 'retryAfter'],
  ['a gateway that gave up', 'patch', 504, '', undefined, 'retry'],
];

describe('the classification of errors', () => {
  test.each(rows)('%s is handled by its class', (...row) => {
    const [, verb, code, body, retryAfter, expected] = row;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const error = errorOfAnswer({ verb, status: code, text, ...(retryAfter === undefined ? {} : { retryAfter }) });
    expect(classify(verb, error)).toBe(expected);
  });

  test('a lost connection is tried again, a closed fence is not', () => {
    expect(classify('patch', new ApiError({ reason: 'ConnectionFailed', message: 'reset' }))).toBe('retry');
    expect(classify('patch', new ApiError({ reason: 'Fenced', message: 'not the leader' }))).toBe('fenced');
  });
});

describe('the error of an answer', () => {
  test('carries what the Status says', () => {
    const text = JSON.stringify({
      kind: 'Status',
      reason: 'Invalid',
      message: 'spec.host: Required value',
      details: {
        name: 'shop',
        retryAfterSeconds: 2,
        causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.host' }],
      },
    });
    const { status, reason, causes, objectName, retryAfterMs, outcomeUnknown } = errorOfAnswer({
      verb: 'patch',
      status: 422,
      text,
    });
    expect({ status, reason, causes, objectName, retryAfterMs, outcomeUnknown }).toEqual({
      status: 422,
      reason: 'Invalid',
      causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.host' }],
      objectName: 'shop',
      retryAfterMs: 2000,
      outcomeUnknown: false,
    });
  });

  test('is of unknown outcome when somebody on the way gave up waiting for a write', () => {
    const outcome = (verb: Verb, code: number): boolean =>
      errorOfAnswer({ verb, status: code, text: '' }).outcomeUnknown;
    expect([outcome('patch', 504), outcome('patch', 502), outcome('patch', 503), outcome('get', 504)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('of a watch takes its code from the Status within', () => {
    const error = errorOfWatchEvent({ kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
    expect([error.status, error.reason, error.message]).toEqual([410, 'Expired', 'too old']);
  });
});

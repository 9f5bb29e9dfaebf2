/** CORS (Fetch standard, CORS protocol): what a preflight asks for, and what the answers to pages of other origins carry. */
import { wildcardOrigin } from '../model/origin.ts';
import type { Cors, HeaderEdits, HeaderLine } from '../model/route.ts';
import type { Header, HttpRequest } from './request.ts';

type Asking = Pick<HttpRequest, 'method' | 'headers'>;

const allowOrigin = 'access-control-allow-origin';

/** Several lines are one value, as Envoy reads these headers. */
function valueOf(name: string, headers: readonly Header[]): string {
  return headers
    .filter((line) => line.name.toLowerCase() === name)
    .map(({ value }) => value.trim())
    .filter((value) => value !== '')
    .join(',');
}

/** The method that a preflight asks for; undefined: the request is none. */
export function askedMethod({ method, headers }: Asking): string | undefined {
  if (method !== 'OPTIONS' || valueOf('origin', headers) === '') return undefined;
  const asked = valueOf('access-control-request-method', headers);
  return asked === '' ? undefined : asked;
}

/** Whether pages of that origin may read the answers; `*.` before a domain stands for one label or more. */
function isAllowed(origin: string, { origins }: Cors): boolean {
  if (origin === '') return false;
  return origins.some((one) => {
    const wildcard = wildcardOrigin(one);
    if (wildcard === undefined) return one === '*' || one === origin;
    const { scheme, domain } = wildcard;
    if (!origin.startsWith(scheme) || !origin.endsWith(`.${domain}`)) return false;
    const labels = origin.slice(scheme.length, -domain.length - 1);
    return labels.split('.').every((label) => /^[a-z0-9_-]+$/.test(label));
  });
}

function originLines(cors: Cors, headers: readonly Header[]): readonly HeaderLine[] {
  const origin = valueOf('origin', headers);
  return isAllowed(origin, cors) ? [{ name: allowOrigin, value: origin }] : [];
}

function list(name: string, values: readonly string[]): readonly HeaderLine[] {
  return values.length === 0 ? [] : [{ name: `access-control-${name}`, value: values.join(',') }];
}

const credentialLines = ({ credentials }: Cors): readonly HeaderLine[] =>
  credentials ? [{ name: 'access-control-allow-credentials', value: 'true' }] : [];

/** The headers of the answer to a preflight; what the route tells stands there for other origins too, who may not use it. */
export function preflightAnswer(cors: Cors, { headers }: Asking): HeaderEdits {
  const allowed = originLines(cors, headers);
  const set = [
    ...allowed,
    ...credentialLines(cors),
    ...list('allow-methods', cors.methods),
    ...list('allow-headers', cors.headers),
    ...(allowed.length === 0 ? [] : list('expose-headers', cors.exposeHeaders)),
    ...list('max-age', cors.maxAgeSeconds === undefined ? [] : [String(cors.maxAgeSeconds)]),
  ];
  return { set: sorted(set), add: [], remove: [] };
}

/** The edits of an answer with what CORS sets there, which comes last. */
export function corsEdits(cors: Cors, { headers }: Asking, edits?: HeaderEdits): HeaderEdits | undefined {
  const allowed = originLines(cors, headers);
  if (allowed.length === 0) return edits;
  const set = [...allowed, ...credentialLines(cors), ...list('expose-headers', cors.exposeHeaders)];
  const names = set.map(({ name }) => name);
  const others = (lines: readonly HeaderLine[] = []): readonly HeaderLine[] =>
    lines.filter(({ name }) => !names.includes(name));
  return {
    set: sorted([...others(edits?.set), ...set]),
    add: others(edits?.add),
    remove: (edits?.remove ?? []).filter((name) => !names.includes(name)),
  };
}

function sorted(lines: readonly HeaderLine[]): readonly HeaderLine[] {
  return [...lines].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Which fields of a spec a row of a feature table is about: its name tells, or the list below does. */
import { provablePaths } from '../../test/mesh/live/proof.ts';

const inRoutes = (...fields: readonly string[]): readonly string[] =>
  ['external', 'internal'].flatMap((side) => fields.map((field) => `${side}.routes[].${field}`));

function edits(side: string): readonly string[] {
  return ['set', 'add', 'remove'].map((part) => `headers.${side}.${part}`);
}

/** Rows whose names are not those of fields, `<table>.<row>`. */
const named: Readonly<Record<string, readonly string[]>> = {
  'routes.forward': inRoutes('to', 'split'),
  'routes.requestHeaders': inRoutes(...edits('request')),
  'routes.responseHeaders': inRoutes(...edits('response')),
  'routes.auth': ['external.auth', 'external.routes[].auth'],
  'routes.cors': ['external.cors', 'external.routes[].cors'],
  'routes.rateLimit': ['external.routes[].rateLimit'],
  'routes.unavailable': ['backends.*.service.namespace'],
  'edge.plainHttp': ['external.httpsRedirect'],
  'edge.passthrough': ['external.tls.mode=Passthrough'],
  'edge.issuer': ['external.tls.issuer.name', 'external.tls.issuer.kind'],
  'edge.clientCa': ['external.tls.clientCA', 'external.tls.mode=Mutual'],
  'edge.minTlsVersion': ['external.tls.minVersion'],
  'edge.listen': ['external.tcp[].listen'],
  'edge.wildcardHost': ['external.hosts'],
  'edge.trailingDot': ['external.hosts'],
  'edge.hostWithoutRoutes': ['external.hosts'],
  'edge.websocketUnasked': inRoutes('websocket'),
  'edge.bodyUnlimited': ['external.maxBodySize'],
  'edge.escapedPath': inRoutes('match.prefix', 'match.exact'),
};

/** The first of these places that has a field of a row's name says what the row is about. */
const places: Readonly<Record<string, readonly RegExp[]>> = {
  routes: [/\.routes\[\]\.match\./, /\.routes\[\]\./],
  protocols: [/^ports\[\]\.protocol=/],
  edge: [/^external\.(?!routes)/],
};

/** The fields below `spec`, as the proofs of live cases name them. Throws when a row's name tells none. */
export function fieldsOfRow(table: string, row: string): readonly string[] {
  const { all } = provablePaths();
  const listed = named[`${table}.${row}`];
  if (listed !== undefined) return listed.filter((path) => all.includes(path));
  for (const place of [...(places[table] ?? []), /^/]) {
    const found = all.filter((path) => place.test(path) && endsIn(path, row));
    if (found.length > 0) return found;
  }
  throw new Error(`${table}.${row} names no field of a spec: add it to hack/generate/feature-fields.ts`);
}

/** `rewrite.prefix` ends in `rewritePrefix`, and `ports[].protocol=http` in `http`. */
function endsIn(path: string, row: string): boolean {
  const steps = path.replace(/\[\]|\.\*/g, '').split(/[.=]/);
  return steps.some((_, at) => steps.slice(at).join('').toLowerCase() === row.toLowerCase());
}

/** Whether one path is the other, or below it. */
export function isBelow(path: string, above: string): boolean {
  return path === above || (path.startsWith(above) && /^(\[\]|\.\*)*[.=]/.test(path.slice(above.length)));
}

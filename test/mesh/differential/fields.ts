/** Which fields of the API the generator writes, and which it leaves out, with the reason. */
import type { World } from './world.ts';

/** Fields that no world has; a field that is neither here nor in any world of the CI seeds fails a test. */
export const leftOut: Readonly<Record<string, string>> = {
  'resilience.loadBalancing.hashOn.cookie.ttl':
    'the proxy then adds a cookie to answers, which no decision names; the live case sees it',
  'service.annotations.*': 'changes nothing that a request gets',
  'service.trafficDistribution': 'changes which endpoint is preferred, and all are on one Node; live cases see it',
  'observability.tracing.percent': 'changes nothing that a request gets',
  'observability.accessLog': 'changes nothing that a request gets',
  'external.auth.external': 'what a provider says is its own to say; the live cases ask one',
  'external.probe.path': 'changes nothing that a request gets',
  'external.probe.expect': 'changes nothing that a request gets',
  'lifecycle.paused': 'what is paused is not rendered anew',
  'lifecycle.mode': 'what is only previewed is not rendered',
  'lifecycle.deletion': 'in a world no app is deleted',
  'lifecycle.adopt': 'in a world all objects are made anew',
  'external.tls.issuer.kind': 'a request gets the same by a certificate that is there; the live case has one made',
  'external.tls.issuer.name': 'a request gets the same by a certificate that is there; the live case has one made',
  'external.ingressClass': 'worlds of other providers are decided and not sent (elsewhereNamed)',
};

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
};

/** Every field of a schema, as `external.routes[].match.prefix`; a key that the user chooses is `*`. */
export function fieldsOfSchema(schema: Schema, at = ''): readonly string[] {
  const { properties, items, additionalProperties } = schema;
  const below = (name: string): string => (at === '' ? name : `${at}.${name}`);
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([name, one]) => fieldsOfSchema(one, below(name)));
  }
  if (items !== undefined) return fieldsOfSchema(items, `${at}[]`);
  if (typeof additionalProperties === 'object') return fieldsOfSchema(additionalProperties, `${at}.*`);
  return [at];
}

/** The fields that specs of the worlds have; a field of a map with keys of the user's choice has its key. */
export function fieldsOfWorlds(worlds: readonly World[]): readonly string[] {
  return [...new Set(worlds.flatMap(({ apps }) => apps.flatMap(({ spec }) => fieldsOfValue(spec, ''))))];
}

function fieldsOfValue(value: unknown, at: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => fieldsOfValue(one, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, one]) => fieldsOfValue(one, at === '' ? name : `${at}.${name}`));
}

/** Whether a field of the schema is one of these; `*` stands for any key, which may hold dots. */
export function isAmong(field: string, fields: readonly string[]): boolean {
  const pattern = field
    .split('*')
    .map((part) => part.replace(/[.[\]]/g, '\\$&'))
    .join('.+');
  return fields.some((one) => new RegExp(`^${pattern}$`).test(one));
}

/** The table of proofs: every field of a spec with its live cases, or with the reason why the test bed cannot show it. */
import { fieldsBelow } from '../../../src/cli/docs/schema-field.ts';
import { isNode, zodSchema } from '../../../src/cli/docs/schema-node.ts';
import type { SchemaNode } from '../../../src/cli/docs/schema-node.ts';
import { insideCases } from './inside/cases.ts';
import type { LiveCase } from './live-case.ts';
import { outsideCases } from './outside/cases.ts';

/** Every case by the file that runs it. */
export const liveFiles: Readonly<Record<string, readonly LiveCase[]>> = {
  'test/mesh/outside.test.ts': outsideCases,
  'test/mesh/inside.test.ts': insideCases,
};

const connect = 'no route takes it: a request with this method has no path, and Envoy tunnels only where it is told to';
const noBalancer = 'there is no kube-proxy and no load balancer: that such an app is reached as others are is shown';

/** Fields and values that have no live case. */
export const unproven: Readonly<Record<string, string>> = {
  'service.annotations': 'no proxy reads them; the integration tests see them on the Service',
  'service.type=NodePort': `${noBalancer}; a node port answers nobody`,
  'service.type=LoadBalancer': `${noBalancer}; it has no address of its own`,
  'external.routes[].match.methods=CONNECT': connect,
  'internal.routes[].match.methods=CONNECT': connect,
  'internal.allow[].methods=CONNECT': connect,
  'external.routes[].retries.retryOn=reset-before-request': beforeRequest(),
  'internal.routes[].retries.retryOn=reset-before-request': beforeRequest(),
  'resilience.retries.retryOn=reset-before-request': beforeRequest(),
};

function beforeRequest(): string {
  return 'a connection that breaks before the request is sent is a matter of chance; that it is not reset is shown';
}

/** One field or value: the titles of its cases by file, or why there are none. */
export type Proof = {
  readonly path: string;
  readonly cases: readonly { readonly file: string; readonly title: string }[];
  readonly reason?: string;
};

const valuesOf = ({ enum: own, items }: SchemaNode): readonly unknown[] => {
  const values = own ?? (isNode(items) ? items.enum : undefined);
  return Array.isArray(values) ? (values as readonly unknown[]) : [];
};

/** Every path below `spec` that a proof may be about, and of these the ones that need one: fields without fields, value by value. */
export function provablePaths(): { readonly all: readonly string[]; readonly needed: readonly string[] } {
  const rows = fieldsBelow(zodSchema('openapi-3.0'), '').filter(({ path }) => path.startsWith('.spec.'));
  const named = rows.map(({ path, node }) => ({ path: path.slice('.spec.'.length), node }));
  const isLeaf = (path: string): boolean =>
    !named.some(
      (other) =>
        other.path !== path && /^(\[\]|\.\*)?\./.test(other.path.slice(path.length)) && other.path.startsWith(path),
    );
  const withValues = named.map(({ path, node }) => ({
    path,
    values: valuesOf(node).map((value) => `${path}=${String(value)}`),
  }));
  return {
    all: withValues.flatMap(({ path, values }) => [path, ...values]),
    needed: withValues.flatMap(({ path, values }) => (isLeaf(path) ? (values.length > 0 ? values : [path]) : [])),
  };
}

/** The table, in the order of the schema. */
export function proofs(): readonly Proof[] {
  const proven = (path: string): Proof['cases'] =>
    Object.entries(liveFiles).flatMap(([file, cases]) =>
      cases.filter(({ proves }) => proves.includes(path)).map(({ title }) => ({ file, title })),
    );
  const { all, needed } = provablePaths();
  return all.flatMap((path) => {
    const [cases, reason] = [proven(path), unproven[path]];
    if (cases.length === 0 && !needed.includes(path)) return [];
    return [{ path, cases, ...(reason === undefined ? {} : { reason }) }];
  });
}

/** What can happen to a cluster with a few apps, at random: users, strangers, the garbage collector, watches, the operator. */
import { array, constant, constantFrom, nat, oneof, record } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { AppSpec } from './app-object.ts';

/** Apps of two namespaces; some of the specs make them rivals, and some say what stands in the way of others. */
const apps = ['alpha/shop', 'alpha/blog', 'zeta/shop', 'zeta/blog'] as const;

const web = { name: 'web', match: { prefix: '/web' } };
const api = { name: 'api', match: { prefix: '/api' }, rewrite: { prefix: '/' } };
const a = 'a.example.com';
const b = 'b.example.com';

/** Specs that an app may get. */
const specs: readonly AppSpec[] = [
  {},
  { hosts: [a] },
  { hosts: [a, b] },
  { hosts: ['*.example.com'] },
  { hosts: [b], internal: { allow: [{ app: 'shop' }, { app: 'blog', namespace: 'zeta' }] } },
  { internal: { calls: [{ app: 'shop' }, { app: 'docs' }, { host: 'server.example.net', port: 443 }] } },
  { service: { name: 'till' }, internal: { calls: [{ host: 'server.example.net', port: 8443 }] } },
  { hosts: [a], external: { provider: 'Ingress' } },
  { hosts: [a], external: { ingressClass: 'nginx', routes: [api] } },
  { hosts: [a], external: { ingressClass: 'nginx', routes: [web] } },
  { hosts: [a], external: { gateway: 'edge/public', routes: [web] } },
  { hosts: [a], external: { gateway: 'edge/public', routes: [{ name: 'any' }] } },
  { hosts: [b], backends: { docs: { service: { name: 'docs', port: 80 } } } },
  { service: { type: 'Existing', name: 'docs' }, selector: { app: 'docs' } },
  { hosts: [b], service: { name: 'docs' } },
  { selector: { app: 'shop' }, internal: { mtls: { mode: 'Strict' } } },
  { selector: { app: 'shop', tier: 'web' }, internal: {} },
  {
    hosts: ['c.example.com'],
    backends: { v1: { labels: { version: 'v1' } } },
    split: { app: 50, v1: 50 },
    internal: {},
  },
  { hosts: [a], lifecycle: { deletion: 'Orphan' } },
  { hosts: [b], lifecycle: { deletion: 'Orphan', adopt: 'Matching' } },
  { lifecycle: { deletion: 'Orphan', paused: true } },
  { hosts: [a], lifecycle: { adopt: 'Matching' } },
  { hosts: [a], paused: true },
  { hosts: [b], paused: true },
  { paused: true },
  { hosts: ['c.example.com'], external: { provider: 'Ingress', routes: [{ name: 'slow', timeout: '5s' }] } },
];

const drifts = ['add', 'remove', 'unlabel', 'delete', 'annotate', 'finalize', 'release'] as const;
const facts = ['docs', 'stranger', 'gateway', 'nginx', 'default', 'mesh'] as const;

/** Something that somebody does to a child; `n` chooses which one. */
export type Drift = (typeof drifts)[number];

/** Something that apps refer to comes or goes. */
export type Fact = (typeof facts)[number];

/** One thing that happens. `deliver`: a watch tells its next event. `step`: a worker takes one of the keys that wait. */
export type Action =
  | { readonly do: 'edit'; readonly app: string; readonly spec: AppSpec }
  | { readonly do: 'delete'; readonly app: string }
  | { readonly do: 'collect' }
  | { readonly do: 'deliver'; readonly n: number }
  | { readonly do: 'step'; readonly n: number }
  | { readonly do: 'drift'; readonly n: number; readonly how: Drift }
  | { readonly do: 'fact'; readonly what: Fact };

const n = nat({ max: 40 });
const app = constantFrom(...apps);

/** Some dozens of actions. */
export const anyActions: Arbitrary<Action[]> = array(
  oneof<{ weight: number; arbitrary: Arbitrary<Action> }[]>(
    { weight: 4, arbitrary: record({ do: constant('edit'), app, spec: constantFrom(...specs) }) },
    { weight: 1, arbitrary: record({ do: constant('delete'), app }) },
    { weight: 1, arbitrary: constant({ do: 'collect' }) },
    { weight: 6, arbitrary: record({ do: constant('deliver'), n }) },
    { weight: 6, arbitrary: record({ do: constant('step'), n }) },
    { weight: 2, arbitrary: record({ do: constant('drift'), n, how: constantFrom(...drifts) }) },
    { weight: 2, arbitrary: record({ do: constant('fact'), what: constantFrom(...facts) }) },
  ),
  { maxLength: 60 },
);

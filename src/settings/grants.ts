/** What the platform lets namespaces do: hold hosts, share them, use Services and TLS Secrets of others. */
import { z } from 'zod';
import { about } from '../schema/describe.ts';
import { host } from '../schema/host.ts';
import { labelName, objectName, serviceName } from '../schema/names.ts';
import { unless, withChecks } from '../schema/rule.ts';

const most = 4096;

/** A list of at most 4096 elements, without repetitions. */
export function listOf<S extends z.ZodType>(element: S): z.ZodArray<S> {
  return withChecks(z.array(element).min(1).max(most), [
    {
      message: 'an entry is listed twice',
      fix: 'list every entry once',
      faults: (list: readonly unknown[]) => list.flatMap((one, at) => (list.indexOf(one) < at ? [[at]] : [])),
    },
  ]);
}

/** `hosts`: which namespace may serve which host. */
export const hosts = withChecks(
  z.strictObject({
    policy: z
      .enum(['FirstCome', 'Delegated'])
      .meta(
        about('Whether a host belongs to the namespace that asks first, or only to those it is granted to.', {
          absent: 'FirstCome',
        }),
      )
      .exactOptional(),
    grants: z
      .array(
        z.strictObject({
          namespace: labelName.meta(about('Namespace that may serve the hosts.')),
          hosts: listOf(host).meta(
            about('Hosts; *.example.com grants that wildcard and every name below it, not example.com.'),
          ),
        }),
      )
      .max(most)
      .meta(about('Which hosts each namespace may serve; with policy Delegated only.', { absent: 'none' }))
      .exactOptional(),
    shared: z
      .array(
        z.strictObject({
          host: host.meta(about('Host that several namespaces share by path.')),
          namespaces: listOf(labelName).meta(about('The namespaces that share it.')),
        }),
      )
      .max(most)
      .meta(about('Hosts that several namespaces may share by path.', { absent: 'none' }))
      .exactOptional(),
  }),
  [
    {
      message: 'grants do nothing with policy FirstCome',
      fix: 'set policy: Delegated, or remove grants',
      faults: ({ policy, grants = [] }) => (grants.length > 0 && policy !== 'Delegated' ? [['grants']] : []),
    },
    {
      message: 'a host is listed twice',
      fix: 'list every shared host once, with all of its namespaces',
      faults: ({ shared = [] }) => {
        const names = shared.map((entry) => entry.host);
        return names.flatMap((name, at) => (names.indexOf(name) < at ? [['shared', at, 'host']] : []));
      },
    },
  ],
);

/** `backends`: which Services of other namespaces apps may use. */
export const backends = z.strictObject({
  grants: z
    .array(
      withChecks(
        z.strictObject({
          from: labelName.meta(about('Namespace of the apps.')),
          to: labelName.meta(about('Namespace of the Services.')),
          services: listOf(serviceName).meta(about('Names of the Services.')),
        }),
        [
          {
            message: 'Services of the own namespace need no grant',
            fix: 'remove the entry, or name another namespace in to',
            faults: ({ from, to }) => unless(from !== to),
          },
        ],
      ),
    )
    .max(most)
    .meta(about('Services of another namespace that apps may use as backends.', { absent: 'none' }))
    .exactOptional(),
});

/** `secrets`: which Secrets of TLS beside the gateway a namespace may name although they lack its prefix. */
export const secrets = z.strictObject({
  grants: z
    .array(
      z.strictObject({
        namespace: labelName.meta(about('Namespace of the apps.')),
        names: listOf(objectName).meta(about('Names of the Secrets.')),
      }),
    )
    .max(most)
    .meta(
      about(
        "Secrets in the gateway's namespace that apps may name in tls.secretName and tls.clientCA although the name lacks their namespace as prefix.",
        {
          absent: 'none',
        },
      ),
    )
    .exactOptional(),
});

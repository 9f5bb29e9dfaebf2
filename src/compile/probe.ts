/** The probe of an app: what the operator asks for, and whether the spec itself already says that something else comes back. */
import { decide } from '../decide/decide.ts';
import { hostCovers } from '../model/host.ts';
import type { Problem } from '../model/problem.ts';
import type { ServedModel } from '../model/profile.ts';
import type { Traffic } from '../model/traffic.ts';
import type { World } from '../model/world.ts';

/** What is asked for; without `url` there is no host of which the app could be asked. */
export type AskedProbe = { readonly url?: string; readonly expect: number };

/** The probe of a spec; `url`: the app's address for the outside (scheme and host), absent without an exact granted host. */
export function askedProbe({ external }: Traffic, url: string | undefined): AskedProbe | undefined {
  if (external?.probe === undefined) return undefined;
  const { path, expect } = external.probe.value;
  return { expect, ...(url === undefined ? {} : { url: `${url}${path}` }) };
}

/**
 * AT0306, where no backend is asked and the answer is another than the one expected, or there is none. Where somebody
 * else has a say in the host, a request that no route here takes may be theirs.
 */
export function probeProblems(probe: AskedProbe | undefined, served: ServedModel, world: World): readonly Problem[] {
  const at = served.traffic.external?.probe?.at;
  if (probe?.url === undefined || at === undefined) return [];
  const { protocol, host, hostname, pathname } = new URL(probe.url);
  const { outcome, status, why } = decide({
    apps: [served],
    accounts: [],
    platform: world.platform,
    request: {
      method: 'GET',
      scheme: protocol === 'https:' ? 'https' : 'http',
      authority: host,
      path: pathname,
      query: '',
      headers: [],
    },
    caller: undefined,
  });
  const isCertain = outcome !== 'route' && !(outcome === 'notFound' && isShared(hostname, served, world));
  if (!isCertain || status === probe.expect) return [];
  const [what, fix] =
    status === undefined
      ? ['gets no answer', 'remove probe']
      : [`is answered with ${status}`, `ask for a path that a backend answers, or expect ${status}`];
  return [
    {
      code: 'AT0306',
      field: at,
      message: `the probe never gets ${probe.expect}: ${probe.url} ${what}, because ${why}`,
      fix,
    },
  ];
}

function isShared(hostname: string, { traffic: { app } }: ServedModel, { hosts }: World): boolean {
  return hosts.some(
    (claim) =>
      hostCovers(claim.host, hostname) && (claim.app.namespace !== app.namespace || claim.app.name !== app.name),
  );
}

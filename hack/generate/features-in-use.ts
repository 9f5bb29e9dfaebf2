/** Which features apps use, and what serves them: where golden files and live cases show a dialect. */
import { apiVersion, kind } from '../../src/api/v1alpha1/app-traffic.ts';
import { parseAppTraffic } from '../../src/api/v1alpha1/parse.ts';
import { trafficOf } from '../../src/compile/compile.ts';
import { readInput } from '../../src/cli/input/read-input.ts';
import { readSettings } from '../../src/cli/input/read-settings.ts';
import { servedOffline } from '../../src/cli/question/served-offline.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Route } from '../../src/model/route.ts';
import type { Traffic } from '../../src/model/traffic.ts';
import { isWildcard } from '../../src/model/host.ts';
import { builtInPlatform } from '../../src/settings/platform.ts';
import { goldenCases } from '../../test/golden/cases.ts';
import type { LiveApp } from '../../test/mesh/live/live-case.ts';
import { outsideCases } from '../../test/mesh/live/outside/cases.ts';

/** A case, what serves its apps from outside, and the rows of feature tables that they use, `<table>.<row>`. */
export type Use = { readonly name: string; readonly target: string; readonly rows: readonly string[] };

const now = '2026-01-01T00:00:00Z';

const silent = (cwd: string): Terminal => ({
  cwd,
  now: () => now,
  readStdin: () => Promise.resolve(''),
  out: () => undefined,
  err: () => undefined,
});

/** What every golden case uses; of apps that are refused nothing counts. */
export async function goldenUses(): Promise<readonly Use[]> {
  const uses = goldenCases().map(async ({ name, cwd, input, settings }) => {
    const platform = readSettings(settings, cwd);
    if (!platform.ok) return [];
    const { served } = servedOffline(await readInput([input], 'default', silent(cwd)), platform.platform, now);
    return served.apps.map(({ traffic, profile }) => ({ name, target: profile.target, rows: rowsOf(traffic) }));
  });
  return (await Promise.all(uses)).flat();
}

/** What every live case with apps of provider Ingress uses; `name` is its title. */
export function liveIngressUses(): readonly Omit<Use, 'target'>[] {
  return outsideCases.flatMap(({ title, apps = [] }) => {
    const traffics = apps.map(trafficOfApp).filter(({ external }) => external?.edge.kind === 'Ingress');
    return traffics.map((traffic) => ({ name: title, rows: rowsOf(traffic) }));
  });
}

function trafficOfApp({ name, namespace = 'team', spec }: LiveApp): Traffic {
  const parsed = parseAppTraffic({ apiVersion, kind, metadata: { name, namespace }, spec });
  if (!parsed.ok) throw new Error(`${name} is not a valid AppTraffic`);
  return trafficOf(parsed.value, { platform: builtInPlatform() });
}

function rowsOf({ external, connections }: Traffic): readonly string[] {
  if (external === undefined) return [];
  const { hosts, tls, httpsRedirect, maxBodyBytes, rateLimit, routes } = external;
  const scheme = (httpsRedirect?.value ?? true) ? 'httpsRedirect' : 'plainHttp';
  const ofRoute = ({ features, port }: Route): readonly string[] => [
    ...Object.keys(features).map((feature) => `routes.${feature}`),
    `protocols.${port.protocol}`,
  ];
  return [
    ...new Set([
      ...routes.flatMap(ofRoute),
      ...Object.keys(connections.given).map((feature) => `connections.${feature}`),
      ...(tls === undefined ? [] : ['edge.tls', `edge.${scheme}`]),
      ...(maxBodyBytes === undefined ? [] : ['edge.maxBodySize']),
      ...(rateLimit === undefined ? [] : ['edge.rateLimit']),
      ...(hosts.some(({ value }) => isWildcard(value)) ? ['edge.wildcardHost'] : []),
    ]),
  ];
}

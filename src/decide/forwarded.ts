/** What a backend sees of a request that is forwarded. */
import { isOwnPods } from '../model/backend.ts';
import type { WeightedBackend } from '../model/backend.ts';
import { connectionValues, withoutLocality } from '../model/connections.ts';
import type { ConnectionValues } from '../model/connections.ts';
import { headersByName } from '../model/headers-by-name.ts';
import { tellsProxies } from '../model/reached-pods.ts';
import type { Route } from '../model/route.ts';
import type { Forwarded } from './decision.ts';
import type { Passage } from './passage.ts';
import { prefixOf, replacePrefix } from './replace-prefix.ts';
import { rewrittenPath } from './rewritten-path.ts';
import { upgradeOf } from './upgrade.ts';

/** The request header that names the route a request came through (api.md §4). */
const routeHeader = 'x-apptraffic-route';

/** The path that the backend sees. */
export function pathFor({ features }: Pick<Route, 'features'>, { path, sent }: Passage): string {
  const { rewritePrefix, rewritePath, rewriteRegex } = features;
  if (rewritePath !== undefined) return rewritePath.value;
  if (rewriteRegex !== undefined) return rewrittenPath(path.forwarded, rewriteRegex.value);
  if (rewritePrefix === undefined) return path.forwarded;
  return sent(replacePrefix(path.compared, prefixOf(features), rewritePrefix.value));
}

/** All of it. */
export function forwardedBy(
  split: readonly WeightedBackend[],
  { name, features }: Pick<Route, 'features'> & { readonly name?: string },
  path: string,
  passage: Passage,
): Forwarded {
  const { own, isMarked } = passage;
  const { app } = own.traffic;
  const { mirror, requestHeaders, rewriteHost } = features;
  const connections = connectionsOf(split, passage);
  return {
    ...sharesOf(split, features),
    path,
    ...(rewriteHost === undefined ? {} : { host: rewriteHost.value }),
    setHeaders: {
      ...headersByName(requestHeaders?.value.set),
      ...(isMarked && name !== undefined ? { [routeHeader]: `${app.namespace}/${app.name}/${name}` } : {}),
      ...toldClient(passage),
    },
    addHeaders: headersByName(requestHeaders?.value.add),
    removeHeaders: requestHeaders?.value.remove ?? [],
    ...opened(passage),
    ...(mirror === undefined ? {} : { mirror: { to: mirror.value.backend.name, percent: mirror.value.percent } }),
    ...boundsOf(features, passage),
    ...(connections === undefined ? {} : { connections }),
  };
}

/** Where proxies before the gateway are trusted to tell the client's address, the gateway tells it alone. */
function toldClient({ entry }: Passage): Readonly<Record<string, string>> {
  return entry?.tellsClient === true && entry.client !== undefined ? { 'x-forwarded-for': entry.client } : {};
}

/** How many such requests come through, how long each may take, and how often it is tried. */
function boundsOf(
  { timeout, retries }: Route['features'],
  { rateLimit }: Passage,
): Pick<Forwarded, 'rateLimit' | 'timeoutMs' | 'retries'> {
  return {
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout.value }),
    ...(retries === undefined ? {} : { retries: retries.value }),
  };
}

function sharesOf(
  split: readonly WeightedBackend[],
  { weightsManagedBy }: Route['features'],
): Pick<Forwarded, 'backends' | 'weightsManagedBy'> {
  return {
    backends: split.map(({ backend, weight }) => ({ name: backend.name, weight })),
    ...(weightsManagedBy === undefined ? {} : { weightsManagedBy: weightsManagedBy.value.by }),
  };
}

/** Whether the request opens a websocket. */
export function opened({ own, question }: Passage): Pick<Forwarded, 'websocket'> {
  const isLetThrough = own.profile.websockets === 'Through';
  return isLetThrough && upgradeOf(question.request.headers) === 'websocket' ? { websocket: true } : {};
}

/** What is said of connections holds for proxies of the mesh, on their way to the app's own pods and to servers elsewhere. */
export function connectionsOf(
  split: readonly WeightedBackend[],
  passage: Pick<Passage, 'own' | 'caller'>,
): Partial<ConnectionValues> | undefined {
  const { traffic } = passage.own;
  const isOwn = split.some(({ backend }) => isOwnPods(backend)) && tellsProxies(traffic);
  const isElsewhere = split.some(({ backend }) => backend.kind === 'Host');
  if (!(isOwn || isElsewhere) || passage.caller === undefined) return undefined;
  const { effective } = traffic.connections;
  return connectionValues(isOwn ? effective : withoutLocality(effective));
}

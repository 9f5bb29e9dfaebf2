/** Hosts and paths of requests: the value that fits, and those around it. */
import { isWildcard } from '../../../src/model/host.ts';

/** Paths around one that a condition names. */
export function pathsAround(path: string): readonly string[] {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  const last = bare.slice(bare.lastIndexOf('/') + 1);
  const head = bare.slice(0, bare.length - last.length);
  const first = last.slice(0, 1);
  const escaped = `${head}%${first.charCodeAt(0).toString(16)}${last.slice(1)}`;
  return [
    path,
    bare,
    `${bare}/`,
    `${bare}x`,
    `${bare}-x/y`,
    `${bare}/x`,
    `${bare}//`,
    `${bare}//x`,
    `/${bare}`,
    `${bare}/.`,
    `${bare}/..`,
    `${bare}/x/..`,
    `/x/..${bare}`,
    `/x/%2e%2E${bare}`,
    `/.${bare}`,
    `${bare}/..;/x`,
    `${bare};x`,
    `${bare}%2Fx`,
    `${bare}%2fx`,
    `${bare}\\x`,
    `${bare}%5Cx`,
    `${bare}%20`,
    `${bare}%`,
    `${bare}%zz`,
    `${bare}%00`,
    `${bare}/%7Ex`,
    `${bare}/"<x>^{|}\``,
    bare.toUpperCase(),
    ...(last === '' ? [] : [bare.slice(0, -1), head, escaped, escaped.toUpperCase(), bare.replaceAll('/', '%2F')]),
  ].map((one) => (one.startsWith('/') ? one : `/${one}`));
}

/** Authorities around a host that an app holds. */
export function authoritiesAround(host: string): readonly string[] {
  const names = isWildcard(host)
    ? [`one${host.slice(1)}`, `two.one${host.slice(1)}`, host.slice(2), `x${host.slice(2)}`, host.slice(1)]
    : [host, `below.${host}`, `x${host}`];
  const [fits = host] = names;
  const forms = [
    `${fits}:80`,
    `${fits}:8080`,
    `${fits}:443`,
    `${fits}.`,
    `${fits}.:80`,
    fits.toUpperCase(),
    `${fits.slice(0, 1).toUpperCase()}${fits.slice(1)}:8443`,
  ];
  return [...names, ...forms];
}

/**
 * How controllers choose among the paths of Ingresses, for tests: the Ingress documentation's own rules, and those of
 * ingress-nginx v1.15.1 (internal/ingress/controller/controller.go getBackendServers, location.go, template.go
 * buildLocation and buildProxyPass). Only what our output makes them do.
 */
import type { Manifest } from '../../../src/kube/manifest.ts';
import type { Ingress, IngressPath } from '../../../src/kube/ingress.ts';

/** Where a request ends: the Service, and the path that it sees. Undefined: 404. */
export type Answer = { readonly service: string; readonly path: string } | undefined;

type Location = IngressPath & { readonly annotations: Readonly<Record<string, string>> };

/** The locations of the rule that serves the host: the exact one, else the wildcard one label above. */
function locationsOf(manifests: readonly Manifest[], host: string): readonly Location[] {
  const rules = (manifests as readonly Ingress[]).flatMap(({ metadata, spec }) =>
    spec.rules.map((rule) => ({ ...rule, annotations: metadata.annotations ?? {} })),
  );
  const wildcard = host.replace(/^[^.]+/, '*');
  const name = [host, wildcard].find((one) => rules.some((rule) => rule.host === one));
  return rules
    .filter((rule) => rule.host === name)
    .flatMap(({ annotations, http }) => http.paths.map((path) => ({ ...path, annotations })));
}

const service = ({ backend }: IngressPath): string => backend.service.name;

/** Whole segments, as the Ingress documentation says. */
const underPrefix = (prefix: string, path: string): boolean => {
  const segments = (text: string): readonly string[] => text.split('/').filter((one) => one !== '');
  return segments(prefix).every((one, i) => segments(path)[i] === one);
};

/** Any controller that does what the documentation says: an exact path first, then the longest prefix. */
export function byDocumentation(manifests: readonly Manifest[], host: string, path: string): Answer {
  const found = locationsOf(manifests, host);
  const exact = found.find((one) => one.pathType === 'Exact' && one.path === path);
  const prefixes = found.filter((one) => one.pathType === 'Prefix' && underPrefix(one.path, path));
  const best = exact ?? prefixes.sort((a, b) => b.path.length - a.path.length).at(0);
  return best === undefined ? undefined : { service: service(best), path };
}

const annotation = (name: string): string => `nginx.ingress.kubernetes.io/${name}`;

/** ingress-nginx; a host of which one location asks for it is served by regular expressions alone. */
export function byIngressNginx(manifests: readonly Manifest[], host: string, path: string): Answer {
  const found = locationsOf(manifests, host);
  const isRegex = found.some(
    ({ annotations }) => annotations[annotation('use-regex')] === 'true' || annotations[annotation('rewrite-target')],
  );
  return isRegex ? byRegex(found, path) : byDocumentation(manifests, host, path);
}

function byRegex(found: readonly Location[], path: string): Answer {
  const ordered = [...found].sort((a, b) => b.path.length - a.path.length || (a.path > b.path ? -1 : 1));
  const location = ordered.find((one) => new RegExp(`^${one.path}`, 'i').test(path));
  if (location === undefined) return undefined;
  const target = location.annotations[annotation('rewrite-target')];
  return { service: service(location), path: target === undefined ? path : rewritten(location.path, target, path) };
}

/** nginx's `rewrite "(?i)<path>" <target> break`: where the expression is found, the target is the new path. */
function rewritten(expression: string, target: string, path: string): string {
  const found = new RegExp(expression, 'i').exec(path);
  return found === null ? path : target.replace(/\$(\d)/g, (_, group) => found[Number(group)] ?? '');
}

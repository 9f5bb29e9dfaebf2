/** From kinds to URL paths, by the API server's own discovery. */
import type { Kind, Ref } from './kube-object.ts';
import type { Selection } from './observe.ts';

/** Paths of collections and objects; both reject when the server does not know the kind. */
export type ResourcePaths = {
  /** Without a namespace: the whole cluster's collection when `everywhere`, else namespace `default`. */
  readonly ofCollection: (
    where: Kind & { readonly namespace?: string; readonly everywhere?: boolean },
  ) => Promise<string>;
  readonly ofObject: (ref: Ref) => Promise<string>;
};

type ApiResource = { readonly name: string; readonly kind: string; readonly namespaced: boolean };

/** Looks kinds up with `get` (discovery of one group version) and remembers those it found; a kind that came late is found late. */
export function resourcePaths(get: (path: string) => Promise<unknown>): ResourcePaths {
  const known = new Map<string, ApiResource>();
  const rootOf = (apiVersion: string): string =>
    apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const resourceOf = async ({ apiVersion, kind }: Kind): Promise<ApiResource> => {
    const key = `${apiVersion} ${kind}`;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const answer = (await get(rootOf(apiVersion))) as { readonly resources: readonly ApiResource[] };
    const found = answer.resources.find((resource) => resource.kind === kind && !resource.name.includes('/'));
    if (found === undefined) throw new Error(`the API server has no kind ${kind} in ${apiVersion}`);
    known.set(key, found);
    return found;
  };
  const ofCollection: ResourcePaths['ofCollection'] = async ({ namespace, everywhere = false, ...kind }) => {
    const { name, namespaced } = await resourceOf(kind);
    const isScoped = namespaced && !(everywhere && namespace === undefined);
    return `${rootOf(kind.apiVersion)}${isScoped ? `/namespaces/${namespace ?? 'default'}` : ''}/${name}`;
  };
  return {
    ofCollection,
    ofObject: async ({ name, ...where }) => `${await ofCollection(where)}/${name}`,
  };
}

/** The list path of a selection, with its selectors as query; without name and namespace the whole cluster's. */
export async function selectionPath(paths: ResourcePaths, selection: Selection): Promise<string> {
  const { name, labelSelector, ...where } = selection;
  const parameters = new URLSearchParams();
  if (name !== undefined) parameters.set('fieldSelector', `metadata.name=${name}`);
  if (labelSelector !== undefined) parameters.set('labelSelector', labelSelector);
  const path = await paths.ofCollection({ ...where, everywhere: name === undefined });
  return `${path}?${parameters.toString()}`;
}

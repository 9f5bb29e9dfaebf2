/** Objects as people write them by hand: those that an app becomes, made by somebody who never heard of AppTraffic. */
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { childrenIn } from './app-view.ts';
import type { Stage } from './stage.ts';

const model = 'model';

/** What the server allocates, and nobody writes. */
const allocated: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']);

/**
 * Makes in `namespace` the objects that an app called `shop` of this spec becomes there, as `kubectl create` would, without a
 * label or an owner of the operator. `specOf` gives the spec for a namespace; the app that shows how is made and deleted.
 */
export async function handWritten(
  stage: Stage,
  namespace: string,
  specOf: (namespace: string) => object,
): Promise<readonly KubeObject[]> {
  const { api } = stage.plane;
  const example = `${model}-${namespace}`;
  await stage.namespace(example);
  const app = await stage.ready(await stage.app(example, 'shop', specOf(example)));
  const children = await childrenIn(stage.plane, example);
  await api.delete(app);
  await Promise.all([app, ...children].map((object) => api.waitGone(object)));
  await stage.namespace(namespace);
  return Promise.all(children.map((child) => api.create(written(child, example, namespace))));
}

function written({ apiVersion, kind, metadata, spec }: KubeObject, from: string, to: string): KubeObject {
  const plain = Object.fromEntries(Object.entries(spec as object).filter(([name]) => !allocated.has(name)));
  const moved: unknown = JSON.parse(JSON.stringify({ spec: plain }).replaceAll(from, to));
  const labels = { team: 'shop' };
  return { apiVersion, kind, metadata: { namespace: to, name: metadata.name, labels }, spec: field(moved, 'spec') };
}

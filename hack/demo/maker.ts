/** Makes objects on a cluster that the user has, and takes away exactly those: each carries a mark of this run. */
import { condition } from '../../test/testbed/kube-object.ts';
import type { KubeObject } from '../../test/testbed/kube-object.ts';
import type { Kubectl } from './kubectl.ts';
import { say } from './talk.ts';
import { untilSo } from './wait.ts';
import type { Look } from './wait.ts';

/** What makes and removes. */
export type Maker = {
  /** Creates the object; rejects when one of its name is there. */
  readonly make: (object: KubeObject) => Promise<void>;
  /** Removes what was made, the last first, and waits until it is gone. Rejects at the end with what could not be removed. */
  readonly removeAll: () => Promise<void>;
};

const markKey = 'apptraffic.dev/demo';
const wait = ['--wait', '--timeout=120s'];

const nameOf = ({ kind, metadata: { name, namespace } }: KubeObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** `mark` is unique to this run: by it an object is known even when the answer to its creation was lost. */
export function createMaker(kubectl: Kubectl, mark: string): Maker {
  const tried: KubeObject[] = [];
  return {
    make: async (object) => {
      const { metadata } = object;
      const marked = {
        ...object,
        metadata: { ...metadata, annotations: { ...metadata.annotations, [markKey]: mark } },
      };
      tried.push(object);
      await kubectl(['create', '-f', '-'], JSON.stringify(marked));
      if (object.kind === 'CustomResourceDefinition') {
        // Not kubectl wait: it fails on an object that has no conditions yet.
        await untilSo(kubectl, ['crd', metadata.name], isEstablished, { withinMs: 30_000 });
      }
      say(`made ${nameOf(object)}`);
    },
    removeAll: async () => {
      if (tried.length > 0) say('removing what was made; the garbage collector may take half a minute');
      const faults: string[] = [];
      for (const object of tried.reverse()) {
        const fault = await remove(kubectl, object, mark).then(
          () => undefined,
          (error: Error) => `${nameOf(object)} is left: ${error.message}`,
        );
        if (fault !== undefined) faults.push(fault);
      }
      if (faults.length > 0) throw new Error(faults.join('\n'));
    },
  };
}

function isEstablished(crd: KubeObject): Look {
  const isSo = condition(crd, 'Established')?.status === 'True';
  return { isSo, isFinal: false, message: `${nameOf(crd)} is not served` };
}

async function remove(kubectl: Kubectl, object: KubeObject, mark: string): Promise<void> {
  const { name, namespace } = object.metadata;
  const where = [object.kind.toLowerCase(), name, ...(namespace === undefined ? [] : ['-n', namespace])];
  const text = await kubectl(['get', ...where, '--ignore-not-found', '-o', 'json']).catch((error: Error) => {
    // Without its CRD an object cannot be there.
    if (error.message.includes("doesn't have a resource type")) return '';
    throw error;
  });
  const live = text === '' ? undefined : (JSON.parse(text) as KubeObject);
  if (live?.metadata.annotations?.[markKey] !== mark) return;
  if (object.kind === 'CustomResourceDefinition') {
    const others = await kubectl(['get', name, '-A', '-o', 'name']);
    if (others !== '') throw new Error(`somebody has made objects of it meanwhile: ${others.trim()}`);
  }
  // Foreground: gone means that what the operator made of it is gone too.
  await kubectl(['delete', ...where, '--cascade=foreground', '--ignore-not-found', ...wait]);
  say(`removed ${nameOf(object)}`);
}

/** Words that YAML 1.2 and kubectl read differently: kubectl still reads YAML 1.1, so the cluster would get something else. */
import { isNode, Scalar, visit } from 'yaml';
import type { Node } from 'yaml';

/** One word that kubectl reads differently. */
export type Misreading = { readonly node: Node; readonly message: string; readonly fix: string };

/** YAML 1.1 booleans (yaml.org/type/bool.html) that are plain text in YAML 1.2. */
const booleans: readonly (readonly [value: boolean, pattern: RegExp])[] = [
  [true, /^(?:y|Y|yes|Yes|YES|on|On|ON)$/],
  [false, /^(?:n|N|no|No|NO|off|Off|OFF)$/],
];
/** YAML 1.1 integers (yaml.org/type/int.html): octal by a leading 0, and with underscores. */
const oldNumber = /^[-+]?(?:0[0-7_]+|[0-9]+(?:_[0-9]*)+)$/;

/** Every key and value below a node that kubectl reads differently. */
export function unlikeKubectl(root: Node): readonly Misreading[] {
  const found: Misreading[] = [];
  visit(root, {
    Scalar: (key, node) => {
      const misreading = misreadingOf(node, key === 'key');
      if (misreading !== undefined) found.push(misreading);
    },
  });
  return found;
}

function misreadingOf(node: Scalar, isKey: boolean): Misreading | undefined {
  const { source } = node;
  if (node.type !== Scalar.PLAIN || source === undefined || !isNode(node)) return undefined;
  const quoted = `put it in quotes: "${source}"`;
  const found = booleans.find(([, pattern]) => pattern.test(source));
  if (found !== undefined) {
    const fix = isKey ? quoted : `write ${String(found[0])}, or ${quoted}`;
    return { node, message: `kubectl reads ${isKey ? 'the key ' : ''}${source} as ${String(found[0])}`, fix };
  }
  if (isKey || !oldNumber.test(source)) return undefined;
  const plain = source.replaceAll('_', '').replace(/^([-+]?)0+(?=[0-9])/, '$1');
  return { node, message: `kubectl reads ${source} as another number`, fix: `write ${plain}, or ${quoted}` };
}

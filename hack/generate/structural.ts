/** From zod's JSON schema to the structural schema that a CRD may hold (apiextensions/v1); throws on what cannot be said there. */
import { RE2JS } from 're2js';
import { children, fullDescription, isNode, mapChildren } from '../../src/cli/docs/schema-node.ts';
import type { SchemaNode } from '../../src/cli/docs/schema-node.ts';

/** Keywords in the order in which they are printed; any other keyword is an error. */
const printed = [
  'description',
  'type',
  'format',
  'enum',
  'default',
  'nullable',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'properties',
  'items',
  'additionalProperties',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];

/** Keywords of our own, which end up in descriptions and in the JSON Schema for editors. */
const ours = ['pattern', 'x-absent', 'x-becomes', 'x-keys', 'x-refuses-null'];

const listTypes = ['map', 'set', 'atomic'];

/** A CEL rule as a CRD holds it. */
export type CelRule = { readonly rule: string; readonly message: string };

/** The structural schema of a node; `path` names it in errors. */
export function structural(node: SchemaNode, path: string): SchemaNode {
  refuseUnknown(node, path);
  checkNode(node, path);
  const below = mapChildren(node, (child, step) => structural(child, path + step));
  const isOpen = node.additionalProperties === false || node.additionalProperties === undefined;
  const description = fullDescription(node);
  const all: SchemaNode = { ...below, ...(description === undefined ? {} : { description }) };
  return Object.fromEntries(
    printed.flatMap((key) =>
      all[key] === undefined || (key === 'additionalProperties' && isOpen) ? [] : [[key, all[key]]],
    ),
  );
}

function refuseUnknown(node: SchemaNode, path: string): void {
  const unknown = Object.keys(node).find((key) => !printed.includes(key) && !ours.includes(key));
  if (unknown !== undefined) throw new Error(`${path}: a CRD cannot say ${unknown}; write the rule in CEL instead`);
}

type Requirement = readonly [fault: string, isBroken: (node: SchemaNode) => boolean];

const isMap = (node: SchemaNode): boolean => isNode(node.additionalProperties);

/** What every node must be, beyond what the API server asks: bounded, described, and with a known merge behaviour. */
const requirements: readonly Requirement[] = [
  ['has no single type', (node) => typeof node.type !== 'string'],
  ['is an object without fields', (node) => node.type === 'object' && !isMap(node) && !isNode(node.properties)],
  ['is a list without items', (node) => node.type === 'array' && !isNode(node.items)],
  ['has no list type', (node) => node.type === 'array' && !listTypes.includes(String(node['x-kubernetes-list-type']))],
  ['is a list without maxItems', (node) => node.type === 'array' && node.maxItems === undefined],
  ['is a map without maxProperties', (node) => isMap(node) && node.maxProperties === undefined],
  [
    'is a text without maxLength',
    (node) => node.type === 'string' && node.maxLength === undefined && node.enum === undefined,
  ],
  [
    'has a pattern without a CEL rule that says the same with a message',
    ({ pattern, ...node }) => typeof pattern === 'string' && !rulesOf(node).some(({ rule }) => rule.includes(pattern)),
  ],
  [
    'has a field without a description',
    (node) => children(node).some(([step, child]) => isField(step) && !child.description),
  ],
];

const isField = (step: string): boolean => step.startsWith('.') && step !== '.*';

function checkNode(node: SchemaNode, path: string): void {
  for (const [fault, isBroken] of requirements) if (isBroken(node)) throw new Error(`${path} ${fault}`);
  for (const { rule } of rulesOf(node)) checkPatterns(rule, path);
}

/** The CEL rules of a node. */
export function rulesOf(node: SchemaNode): readonly CelRule[] {
  const found = node['x-kubernetes-validations'];
  return Array.isArray(found) ? (found as CelRule[]) : [];
}

/** Every pattern in a CEL rule must be one that the API server's RE2 compiles. */
function checkPatterns(rule: string, path: string): void {
  for (const [, single, double] of rule.matchAll(/matches\(r(?:'([^']*)'|"([^"]*)")\)/g)) {
    const pattern = single ?? double ?? '';
    try {
      RE2JS.compile(pattern);
    } catch (error) {
      throw new Error(`${path}: RE2 does not know the pattern ${pattern}`, { cause: error });
    }
  }
}

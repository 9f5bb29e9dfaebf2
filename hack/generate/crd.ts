/** Makes the CustomResourceDefinition of AppTraffic from its zod schema. */
import { stringify } from 'yaml';
import { apiVersion, kind } from '../../src/api/v1alpha1/app-traffic.ts';
import type { GeneratedFile } from './generated-files.ts';
import { isNode, zodSchema } from '../../src/cli/docs/schema-node.ts';
import type { SchemaNode } from '../../src/cli/docs/schema-node.ts';
import { structural } from './structural.ts';

const [group = '', version = ''] = apiVersion.split('/');
const plural = 'apptraffics';
const ready = (field: string): string => `.status.conditions[?(@.type=="Ready")].${field}`;

/** What `kubectl get` prints; priority 1 is for `-o wide`. */
const columns = [
  { name: 'Ready', type: 'string', jsonPath: ready('status') },
  { name: 'Reason', type: 'string', jsonPath: ready('reason') },
  { name: 'Hosts', type: 'string', jsonPath: '.status.columns.hosts' },
  { name: 'Split', type: 'string', jsonPath: '.status.columns.split' },
  { name: 'Children', type: 'string', jsonPath: '.status.columns.children' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Provider', type: 'string', jsonPath: '.status.columns.provider', priority: 1 },
  { name: 'mTLS', type: 'string', jsonPath: '.status.columns.mtls', priority: 1 },
  { name: 'URL', type: 'string', jsonPath: '.status.url', priority: 1 },
  { name: 'Message', type: 'string', jsonPath: ready('message'), priority: 1 },
];

/** The schema below `openAPIV3Schema`. apiVersion, kind and metadata are the API server's own; a CRD may not describe them further. */
export function openApiSchema(): SchemaNode {
  const whole = zodSchema('openapi-3.0');
  const {
    apiVersion: api,
    kind: kindNode,
    metadata: _metadata,
    ...own
  } = isNode(whole.properties) ? whole.properties : {};
  const schema = structural({ ...whole, properties: own, required: ['spec'] }, kind);
  const typed = (node: unknown): SchemaNode => ({
    ...(isNode(node) ? { description: node.description } : {}),
    type: 'string',
  });
  const properties = isNode(schema.properties) ? schema.properties : {};
  return {
    ...schema,
    properties: {
      apiVersion: typed(api),
      kind: typed(kindNode),
      metadata: { type: 'object' },
      ...properties,
    },
  };
}

/** The CustomResourceDefinition as a plain object. */
export function crd(): SchemaNode {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: 'apptraffic',
        shortNames: ['at'],
        categories: ['networking'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: openApiSchema() },
        },
      ],
    },
  };
}

/** The CRD as YAML. */
export function crdFile(): GeneratedFile {
  const text = stringify(crd(), { lineWidth: 120, aliasDuplicateObjects: false });
  return {
    path: 'crds/apptraffics.apptraffic.dev.yaml',
    text: `# GENERATED from src/api by hack/generate; do not edit.\n${text}`,
  };
}

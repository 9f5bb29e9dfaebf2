/** Makes the JSON Schemas (draft-07) of AppTraffic, OperatorSettings and RouteTest that editors and CI tools read; as strict as a schema can be. */
import type { z } from 'zod';
import { apiVersion, kind } from '../../src/api/v1alpha1/app-traffic.ts';
import { routeTest, routeTestApiVersion, routeTestKind } from '../../src/cli/route-test/route-test-document.ts';
import type { GeneratedFile } from './generated-files.ts';
import { operatorSettings, settingsApiVersion, settingsKind } from '../../src/settings/operator-settings.ts';
import { fullDescription, isNode, mapChildren, schemaOf, zodSchema } from '../../src/cli/docs/schema-node.ts';
import type { SchemaNode } from '../../src/cli/docs/schema-node.ts';

function forEditors(node: SchemaNode): SchemaNode {
  const below = mapChildren(node, forEditors);
  const description = fullDescription(node);
  const keys = node['x-keys'];
  const own = Object.entries(below).filter(
    ([key]) => !key.startsWith('x-') && key !== 'description' && key !== '$schema',
  );
  return {
    ...(description === undefined ? {} : { description }),
    ...Object.fromEntries(own),
    ...(node['x-kubernetes-list-type'] === 'set' ? { uniqueItems: true } : {}),
    ...(typeof keys === 'string' ? { propertyNames: { pattern: keys } } : {}),
  };
}

/** The JSON Schema of AppTraffic. Its rules between fields are the API server's and `apptraffic validate`'s alone. */
export function jsonSchemaFile(): GeneratedFile {
  const schema = forEditors(zodSchema('draft-07'));
  const { status, ...properties } = isNode(schema.properties) ? schema.properties : {};
  const whole = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `${kind} (${apiVersion})`,
    ...schema,
    properties: { ...properties, status },
  };
  return { path: 'crds/apptraffic_v1alpha1.json', text: `${JSON.stringify(whole, null, 2)}\n` };
}

/** The JSON Schema of OperatorSettings. */
export function settingsSchemaFile(): GeneratedFile {
  return plainSchemaFile(operatorSettings, { kind: settingsKind, apiVersion: settingsApiVersion });
}

/** The JSON Schema of RouteTest. */
export function routeTestSchemaFile(): GeneratedFile {
  return plainSchemaFile(routeTest, { kind: routeTestKind, apiVersion: routeTestApiVersion });
}

function plainSchemaFile(
  schema: z.ZodType,
  { kind, apiVersion }: { readonly kind: string; readonly apiVersion: string },
): GeneratedFile {
  const whole = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `${kind} (${apiVersion})`,
    ...forEditors(schemaOf(schema, 'draft-07')),
  };
  return { path: `crds/${kind.toLowerCase()}_v1alpha1.json`, text: `${JSON.stringify(whole, null, 2)}\n` };
}

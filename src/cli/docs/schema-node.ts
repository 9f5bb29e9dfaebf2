/** A node of a JSON schema as zod writes it, and the walk over all nodes. */
import { z } from 'zod';
import { appTraffic } from '../../api/v1alpha1/app-traffic.ts';

/** One node of a JSON schema. */
export type SchemaNode = { readonly [keyword: string]: unknown };

/** Whether a value is a schema node and not a list, a text or nothing. */
export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A dialect of JSON Schema. */
export type SchemaDialect = 'openapi-3.0' | 'draft-07';

/** A schema as zod writes it: everything inline, nothing that a schema cannot say left out silently. */
export function schemaOf(schema: z.ZodType, target: SchemaDialect): SchemaNode {
  return {
    ...z.toJSONSchema(schema, { target, io: 'input', reused: 'inline', cycles: 'throw', unrepresentable: 'throw' }),
  };
}

/** The schema of a whole AppTraffic. */
export function zodSchema(target: SchemaDialect): SchemaNode {
  return schemaOf(appTraffic, target);
}

/** The nodes directly below a node, by the part of the path that leads to them: a field, `[]` for items, `.*` for a map's values. */
export function children(node: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  const properties = isNode(node.properties) ? Object.entries(node.properties) : [];
  return [
    ...properties.flatMap(([name, child]) => (isNode(child) ? [[`.${name}`, child] as const] : [])),
    ...(isNode(node.items) ? [['[]', node.items] as const] : []),
    ...(isNode(node.additionalProperties) ? [['.*', node.additionalProperties] as const] : []),
  ];
}

/** The same node with every node below it changed by `change`, which gets the path of each. */
export function mapChildren(node: SchemaNode, change: (child: SchemaNode, step: string) => SchemaNode): SchemaNode {
  const { properties, items, additionalProperties, ...rest } = node;
  return {
    ...rest,
    ...(isNode(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, child]) => [
              name,
              isNode(child) ? change(child, `.${name}`) : child,
            ]),
          ),
        }
      : {}),
    ...(isNode(items) ? { items: change(items, '[]') } : {}),
    ...(isNode(additionalProperties) ? { additionalProperties: change(additionalProperties, '.*') } : {}),
    ...(typeof additionalProperties === 'boolean' ? { additionalProperties } : {}),
  };
}

/** What a property does, what it becomes and what its absence means, in one paragraph. */
export function fullDescription(node: SchemaNode): string | undefined {
  const { description, 'x-becomes': becomes, 'x-absent': absent } = node;
  if (typeof description !== 'string') return undefined;
  return [
    description,
    ...(typeof becomes === 'string' ? [`Becomes ${becomes}.`] : []),
    ...(typeof absent === 'string' ? [`Default: ${absent}.`] : []),
  ].join(' ');
}

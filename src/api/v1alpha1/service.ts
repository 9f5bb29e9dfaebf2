/** How the app's Service is made. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { exactHost } from '../../schema/host.ts';
import { serviceName } from '../../schema/names.ts';
import { withRules } from '../../schema/rule.ts';
import { qualifiedName, stringMap } from '../../schema/string-map.ts';
import { text } from '../../schema/text.ts';

const annotationValue = text({
  pattern: /^[ -~]*$/,
  max: 2048,
  message: 'holds a character that is not printable ASCII',
  fix: 'use printable ASCII on one line',
});

const fields = z.strictObject({
  name: serviceName
    .meta(
      about('Name of the Service.', {
        absent: 'the name of this object',
        becomes: 'Service.metadata.name',
      }),
    )
    .exactOptional(),
  type: z
    .enum(['ClusterIP', 'Headless', 'NodePort', 'LoadBalancer', 'ExternalName', 'Existing'])
    .meta(
      about(
        'Kind of Service. Headless is a ClusterIP without an address; Existing is only referenced, never written.',
        {
          absent: 'ClusterIP',
          becomes: 'Service.spec.type',
        },
      ),
    )
    .exactOptional(),
  externalName: exactHost
    .meta(
      about(
        'DNS name behind the Service; only with type ExternalName. That of a Service of this cluster only where it may be a backend.',
        { becomes: 'Service.spec.externalName' },
      ),
    )
    .exactOptional(),
  annotations: stringMap(annotationValue, { keys: qualifiedName, most: 32 })
    .meta(
      about("Annotations of the Service; only keys on the platform's allow-list.", {
        absent: 'none',
        becomes: 'Service.metadata.annotations',
      }),
    )
    .exactOptional(),
  trafficDistribution: z
    .enum(['PreferClose', 'PreferSameZone', 'PreferSameNode'])
    .meta(
      about('Which endpoints of the Service are preferred.', {
        absent: 'all alike',
        becomes: 'Service.spec.trafficDistribution',
      }),
    )
    .exactOptional(),
});

/** The app's Service. */
export const service = withRules(fields, [
  {
    message: 'type ExternalName and externalName are not given together',
    fix: 'set both type: ExternalName and externalName, or neither',
    cel: "has(self.externalName) == (has(self.type) && self.type == 'ExternalName')",
    faults: ({ type, externalName }) =>
      (externalName !== undefined) === (type === 'ExternalName') ? [] : [['externalName']],
  },
  {
    message: 'a Service of type ExternalName has no endpoints, so trafficDistribution would do nothing',
    fix: 'remove it, or choose another type',
    cel: "!has(self.trafficDistribution) || !has(self.type) || self.type != 'ExternalName'",
    faults: ({ type, trafficDistribution }) =>
      type === 'ExternalName' && trafficDistribution !== undefined ? [['trafficDistribution']] : [],
  },
  {
    message: 'an Existing Service is only referenced, so annotations and trafficDistribution would do nothing',
    fix: 'remove them here and set them where the Service is made',
    cel: "!has(self.type) || self.type != 'Existing' || !(has(self.annotations) || has(self.trafficDistribution))",
    faults: (value) =>
      (['annotations', 'trafficDistribution'] as const).flatMap((field) =>
        value.type === 'Existing' && value[field] !== undefined ? [[field]] : [],
      ),
  },
]);

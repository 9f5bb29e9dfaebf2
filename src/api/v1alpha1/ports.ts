/** The ports of an app's Service. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { labelName } from '../../schema/names.ts';
import { withRules } from '../../schema/rule.ts';
import { portNumber } from '../../schema/text.ts';

/** What is spoken on a port, in the words of Service.spec.ports[].appProtocol and Istio. */
export const protocol = z.enum(['http', 'http2', 'grpc', 'https', 'tls', 'tcp']);

const port = z.strictObject({
  name: labelName.meta(
    about('Name of the port; routes name it. Unique in the list.', { becomes: 'Service.spec.ports[].name' }),
  ),
  port: portNumber.meta(about('Port of the Service. Unique in the list.', { becomes: 'Service.spec.ports[].port' })),
  targetPort: portNumber
    .meta(
      about('Port of the container.', {
        absent: 'the same number as port',
        becomes: 'Service.spec.ports[].targetPort',
      }),
    )
    .exactOptional(),
  protocol: protocol
    .meta(
      about('What is spoken on the port. Routes need http, http2 or grpc.', {
        absent: 'what the name says up to its first dash (http, grpc-admin), else tcp',
        becomes: 'Service.spec.ports[].appProtocol',
      }),
    )
    .exactOptional(),
});

/** All ports, as a list keyed by name. */
export const ports = withRules(z.array(port).min(1).max(32), [
  {
    message: 'two ports have the same name',
    fix: 'give every port its own name',
    keywords: { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
    faults: (list) =>
      list.flatMap((one, at) => (list.findIndex((p) => p.name === one.name) < at ? [[at, 'name']] : [])),
  },
  {
    message: 'two ports have the same number',
    fix: 'give every entry its own port; several names for one container port differ in port and share targetPort',
    cel: 'self.all(one, self.exists_one(other, other.port == one.port))',
    faults: (list) =>
      list.flatMap((one, at) => (list.findIndex((p) => p.port === one.port) < at ? [[at, 'port']] : [])),
  },
]);

/** What a person can type while the mesh demo stays up. */
import { field } from '../../../test/testbed/kube-object.ts';
import type { Client } from '../../../test/testbed/mesh/client.ts';
import { kubectlToType } from '../kubectl.ts';
import { sample } from '../sample.ts';
import { host, serviceHost } from './stage.ts';
import type { Stage } from './stage.ts';

/** Command lines for another terminal. Nothing of the mesh is in the machine's own network: one enters a namespace. */
export async function invitation({ mesh, caFile, shop, checkout, stranger }: Stage): Promise<string> {
  const { namespace, name } = sample;
  const service = await mesh.api.get({ apiVersion: 'v1', kind: 'Service', namespace, name });
  const clusterIp = String(field(service, 'spec', 'clusterIP'));
  const gateway = mesh.gateways[0]?.address ?? '';
  const curl = ({ namespace: { pid } }: Client, words: string): string =>
    `  nsenter --net=/proc/${pid}/ns/net curl -s ${words}`;
  const kubectl = kubectlToType();
  return [
    'It stays up until Ctrl-C. In another terminal, as root:',
    `  export KUBECONFIG=${mesh.plane.kubeconfig}`,
    `  ${kubectl} get apptraffic -n ${namespace}`,
    `  ${kubectl} patch apptraffic ${name} -n ${namespace} --type=merge -p '{"spec":{"split":{"stable":0,"canary":100}}}'`,
    'From the internet, through the gateway:',
    curl(mesh.internet, `--cacert ${caFile} --resolve ${host}:443:${gateway} https://${host}/cart`),
    'From the pod checkout, through its sidecar and over mutual TLS:',
    curl(checkout, `--resolve ${serviceHost}:80:${clusterIp} http://${serviceHost}/cart`),
    'From the pod stranger, in plaintext; the connection is reset:',
    curl(stranger, `-S http://${shop.address}:8080/`),
    '',
  ].join('\n');
}

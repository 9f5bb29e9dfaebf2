/** The certificate that an issuer makes for the hosts of an app: a Certificate of cert-manager where the gateway reads the Secret. */
import type { Certificate } from '../../kube/certificate.ts';
import { childName, elsewhereLabels } from '../../kube/identity.ts';
import type { Problem } from '../../model/problem.ts';
import type { AppRef, External, Issuer, Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import type { ServingGateway } from './serving-gateway.ts';

/**
 * The name of the Certificate and of the Secret that it writes. It begins as the Secrets of the app's namespace do, and ends in a hash: a-b/c and
 * a/b-c would collide once joined.
 */
export function certificateName({ namespace, name }: AppRef): string {
  return childName('Certificate', namespace, [name, 'tls'], true);
}

/** The Secret that the gateway reads the certificate of the hosts from; undefined: the app has none of its own. */
export function certificateSecret({ app, external }: Pick<Traffic, 'app' | 'external'>): string | undefined {
  if (external?.tls === undefined) return undefined;
  return external.tls.value.secretName ?? certificateName(app);
}

/** The Certificate for the hosts that the app holds; none where it asks no issuer, or holds no host. */
export function certificates(
  { app }: Traffic,
  external: External,
  { entry: { namespace } }: ServingGateway,
): readonly Certificate[] {
  const issuer = external.tls?.value.issuer;
  const dnsNames = external.hosts.map(({ value }) => value).sort();
  if (issuer === undefined || dnsNames.length === 0) return [];
  const name = certificateName(app);
  return [
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name, namespace, labels: elsewhereLabels(app) },
      spec: {
        secretName: name,
        dnsNames,
        issuerRef: { group: 'cert-manager.io', kind: issuer.kind, name: issuer.name },
      },
    },
  ];
}

/** AT0219: the certificate is not there yet, or not valid any more. */
export function certificateProblems(
  { app }: Traffic,
  { tls, hosts }: External,
  world: Pick<World, 'certificates'>,
): readonly Problem[] {
  const issuer = tls?.value.issuer;
  if (tls === undefined || issuer === undefined || hosts.length === 0 || world.certificates === undefined) return [];
  const found = world.certificates.find(({ name }) => name === certificateName(app));
  if (found?.ready === true) return [];
  return [{ code: 'AT0219', field: tls.at, ...notReady(certificateName(app), issuer, found?.message) }];
}

function notReady(name: string, issuer: Issuer, says: string | undefined): Pick<Problem, 'message' | 'fix'> {
  return {
    message: `Certificate ${name} is not ready${says === undefined ? '' : `: ${says}`}`,
    fix: `wait for cert-manager, or ask the platform team what became of it (${issuer.kind} ${issuer.name})`,
  };
}

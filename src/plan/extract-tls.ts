/** Extracts of what serves hosts over TLS: Gateways, and the Certificates that they serve. */
import { listAt, textAt, textsAt } from '../kube/json.ts';

/** Of a Gateway. */
export type GatewayExtract = {
  readonly kind: 'Gateway';
  readonly hosts: readonly string[];
  /** Names of the Secrets with the certificates of its servers; absent: none. */
  readonly secrets?: readonly string[];
};

/** Of a Certificate. */
export type CertificateExtract = {
  readonly kind: 'Certificate';
  /** Name of the Secret that it writes. */
  readonly secret: string;
  /** What cert-manager says of it: condition Ready. */
  readonly ready: boolean;
  readonly message?: string;
};

/** Parts that are missing or malformed count as absent, here as below. */
export function extractGateway(spec: unknown): GatewayExtract {
  const servers = listAt(spec, 'servers');
  const secrets = [...new Set(servers.flatMap((server) => textAt(server, 'tls', 'credentialName') ?? []))];
  return {
    kind: 'Gateway',
    hosts: [...new Set(servers.flatMap((server) => textsAt(server, 'hosts')))],
    ...(secrets.length === 0 ? {} : { secrets }),
  };
}

/** Condition Ready of cert-manager.io/v1 CertificateStatus. */
export function extractCertificate(spec: unknown, status: unknown): CertificateExtract {
  const condition = listAt(status, 'conditions').find((one) => textAt(one, 'type') === 'Ready');
  const message = textAt(condition, 'message');
  return {
    kind: 'Certificate',
    secret: textAt(spec, 'secretName') ?? '',
    ready: textAt(condition, 'status') === 'True',
    ...(message === undefined ? {} : { message }),
  };
}

/** How the hosts of an app are served over TLS. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { objectName } from '../../schema/names.ts';
import { withRules } from '../../schema/rule.ts';

const fields = z.strictObject({
  mode: z
    .enum(['Terminate', 'Passthrough', 'Mutual'])
    .meta(
      about(
        'Where TLS ends: at the gateway (Terminate); there, and only for clients that show a certificate of clientCA (Mutual); or at the pods (Passthrough), which then hold the certificate themselves and are chosen by host alone. Mutual and Passthrough: provider Istio only.',
        { absent: 'Terminate', becomes: 'Gateway.spec.servers[].tls.mode' },
      ),
    )
    .exactOptional(),
  secretName: objectName
    .meta(
      about(
        'Secret of type kubernetes.io/tls that holds certificate and key. Terminate and Mutual need it, or issuer.',
        {
          becomes: 'Gateway.spec.servers[].tls.credentialName or Ingress.spec.tls[].secretName',
        },
      ),
    )
    .exactOptional(),
  issuer: z
    .strictObject({
      name: objectName.meta(
        about("Name of the issuer; one that the platform's settings grant to the namespace.", {
          becomes: 'Certificate.spec.issuerRef.name',
        }),
      ),
      kind: z.enum(['Issuer', 'ClusterIssuer']).meta(
        about(
          "Kind of the issuer. An Issuer is one in the namespace of the gateway's pods, where the certificate is made.",
          {
            becomes: 'Certificate.spec.issuerRef.kind',
          },
        ),
      ),
    })
    .meta(
      about(
        "Has cert-manager make a certificate for the hosts that the app holds, and renew it, beside the gateway's pods. In place of secretName; the platform has to open the gate CertManager. Provider Istio only.",
        { becomes: 'Certificate, and Gateway.spec.servers[].tls.credentialName' },
      ),
    )
    .exactOptional(),
  clientCA: objectName
    .meta(
      about(
        'Secret with the certificates, in PEM under the key ca.crt, of the authorities whose clients are let in; nobody else gets a connection. With mode Mutual alone.',
        { becomes: 'Gateway.spec.servers[].tls.caCertCredentialName' },
      ),
    )
    .exactOptional(),
  minVersion: z
    .enum(['1.2', '1.3'])
    .meta(
      about('Lowest version of TLS that clients may speak, in quotes. Provider Istio only.', {
        absent: "the gateway's own (Istio: 1.2)",
        becomes: 'Gateway.spec.servers[].tls.minProtocolVersion',
      }),
    )
    .exactOptional(),
});

const atPods = ['secretName', 'issuer', 'clientCA', 'minVersion'] as const;

/** TLS of the hosts. */
export const tls = withRules(fields, [
  {
    message: 'secretName or issuer is needed where TLS ends at the gateway',
    fix: 'name the Secret with the certificate, or who makes it, or set mode: Passthrough where the pods end TLS themselves',
    cel: "has(self.secretName) || has(self.issuer) || (has(self.mode) && self.mode == 'Passthrough')",
    faults: ({ mode, secretName, issuer }) =>
      secretName !== undefined || issuer !== undefined || mode === 'Passthrough' ? [] : [['secretName']],
  },
  {
    message: 'secretName names a certificate that is there, and issuer has one made: both are given',
    fix: 'keep one of them',
    cel: '!has(self.secretName) || !has(self.issuer)',
    faults: ({ secretName, issuer }) => (secretName === undefined || issuer === undefined ? [] : [['issuer']]),
  },
  {
    message:
      'with mode Passthrough the pods end TLS themselves, so secretName, issuer, clientCA and minVersion would do nothing',
    fix: 'remove them, or set mode: Terminate (with clientCA: Mutual)',
    cel: `!has(self.mode) || self.mode != 'Passthrough' || !(${atPods.map((name) => `has(self.${name})`).join(' || ')})`,
    faults: (value) =>
      value.mode === 'Passthrough' ? atPods.flatMap((name) => (value[name] === undefined ? [] : [[name]])) : [],
  },
  {
    message: 'mode Mutual lets in the clients of an authority, and clientCA does not say of which',
    fix: 'name the Secret with the certificate of the authority in clientCA, or set mode: Terminate',
    cel: "!has(self.mode) || self.mode != 'Mutual' || has(self.clientCA)",
    faults: ({ mode, clientCA }) => (mode === 'Mutual' && clientCA === undefined ? [['clientCA']] : []),
  },
  {
    message: 'clientCA is given, but only mode Mutual asks clients for a certificate',
    fix: 'set mode: Mutual, or remove clientCA',
    cel: "!has(self.clientCA) || (has(self.mode) && self.mode != 'Terminate')",
    faults: ({ mode = 'Terminate', clientCA }) =>
      clientCA !== undefined && mode === 'Terminate' ? [['clientCA']] : [],
  },
]);

/** The PeerAuthentication of the app's pods: whether callers must use mutual TLS. */
import type { PeerAuthentication, PeerAuthenticationMtls } from '../../generated/istio/peer-authentication.ts';
import { childName } from '../../kube/identity.ts';
import type { Mtls, Traffic } from '../../model/traffic.ts';
import { childMetadata } from '../metadata.ts';

const modes: Readonly<Record<Mtls['mode'], NonNullable<PeerAuthenticationMtls['mode']>>> = {
  Strict: 'STRICT',
  Permissive: 'PERMISSIVE',
  Disable: 'DISABLE',
};

/** One policy for the pods that the app selects; its port levels are container ports. */
export function peerAuthentication({ app, selector }: Traffic, { mode, exceptPorts }: Mtls): PeerAuthentication {
  const portLevelMtls = Object.fromEntries(exceptPorts.map((port) => [String(port), { mode: modes.Permissive }]));
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: childMetadata(app, childName('PeerAuthentication', app.name, [])),
    spec: {
      selector: { matchLabels: selector },
      mtls: { mode: modes[mode] },
      ...(exceptPorts.length === 0 ? {} : { portLevelMtls }),
    },
  };
}

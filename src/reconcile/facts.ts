/** Reduces what is watched to the facts that World needs; everything else of an object is dropped before it is kept. */
import { kinds } from '../kube/gvk.ts';
import { appLabel } from '../kube/identity.ts';
import { listAt, numberAt, textAt, textsAt, valueAt } from '../kube/json.ts';
import type { Manifest, ObjectMeta } from '../kube/manifest.ts';
import type { GatewayFacts, IngressClassFacts, MeshMode, ServiceFacts } from '../model/world.ts';
import { meshModeOf } from './mesh-mode.ts';

/** The annotation that marks the cluster's default IngressClass (kubernetes.io, Ingress: Default IngressClass). */
const defaultClassAnnotation = 'ingressclass.kubernetes.io/is-default-class';

/** A Service, as backends see it. */
export function serviceFacts({ metadata, spec }: Manifest): ServiceFacts {
  const selector = stringsOf(valueAt(spec, 'selector'));
  const madeBy = makerOf(metadata);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    type: textAt(spec, 'type') ?? 'ClusterIP',
    ...(selector === undefined ? {} : { selector }),
    ports: listAt(spec, 'ports').flatMap((entry) => {
      const port = numberAt(entry, 'port');
      const name = textAt(entry, 'name');
      return port === undefined ? [] : [{ port, ...(name === undefined ? {} : { name }) }];
    }),
    ...(madeBy === undefined ? {} : { madeBy }),
  };
}

/** The AppTraffic that controls the object; where nobody does, the one that its label names. */
function makerOf({ labels, ownerReferences = [] }: ObjectMeta): string | undefined {
  const controller = ownerReferences.find((reference) => reference.controller === true);
  if (controller === undefined) return labels?.[appLabel];
  return controller.kind === kinds.AppTraffic.kind ? controller.name : undefined;
}

/** A Gateway, as apps that name it see it. */
export function gatewayFacts({ metadata, spec }: Manifest): GatewayFacts {
  const servers = listAt(spec, 'servers');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    hosts: servers.filter((server) => !isTcp(server)).flatMap((server) => textsAt(server, 'hosts')),
    tcp: servers.filter(isTcp).flatMap((server) => {
      const port = numberAt(server, 'port', 'number');
      return port === undefined ? [] : [{ port, hosts: textsAt(server, 'hosts') }];
    }),
  };
}

/** Whether the server of a Gateway looks for no host. Istio takes the word in any case (pkg/config/protocol, Parse). */
function isTcp(server: unknown): boolean {
  return textAt(server, 'port', 'protocol')?.toUpperCase() === 'TCP';
}

/** An IngressClass. */
export function ingressClassFacts({ metadata, spec }: Manifest): IngressClassFacts {
  return {
    name: metadata.name,
    controller: textAt(spec, 'controller') ?? '',
    isDefault: metadata.annotations?.[defaultClassAnnotation] === 'true',
  };
}

/** A namespace: its name and how it takes part in the mesh. */
export function namespaceFacts({ metadata }: Manifest): { readonly name: string; readonly mesh: MeshMode } {
  return { name: metadata.name, mesh: meshModeOf(metadata.labels ?? {}) };
}

function stringsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v]] : [])));
}

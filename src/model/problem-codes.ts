/**
 * The registry of problem codes. A code is never renumbered. Families: 01 spec, 02 references, 03 routing and hosts,
 * 04 the cluster, 05 other people's objects, 06 security, 07 provider limits.
 */

/** Which status condition a problem turns; `Warning`: none, it is only listed. */
export type ProblemCondition =
  'Accepted' | 'ResolvedRefs' | 'Programmed' | 'Conflicted' | 'PartiallyInvalid' | 'Warning';

/** What a code means for status: the condition it turns and the reason that stands there. */
export type ProblemCodeEntry = {
  readonly title: string;
  readonly condition: ProblemCondition;
  readonly reason: string;
};

/** All codes. */
export const problemCodes = {
  AT0101: { title: 'The spec is invalid', condition: 'Accepted', reason: 'InvalidSpec' },
  AT0102: { title: 'httpsRedirect needs TLS', condition: 'Accepted', reason: 'InvalidSpec' },
  AT0103: { title: 'Annotation not on the allow-list', condition: 'Accepted', reason: 'InvalidSpec' },
  AT0104: { title: 'Rewrite may not give a path', condition: 'Accepted', reason: 'InvalidSpec' },
  AT0105: { title: 'failover needs ejection', condition: 'Accepted', reason: 'InvalidSpec' },
  AT0201: { title: 'Backend Service not found', condition: 'ResolvedRefs', reason: 'BackendNotFound' },
  AT0202: { title: 'Backend Service has no such port', condition: 'ResolvedRefs', reason: 'BackendNotFound' },
  AT0203: { title: 'Gateway not found', condition: 'ResolvedRefs', reason: 'GatewayNotFound' },
  AT0204: { title: 'Gateway not offered by the platform', condition: 'Accepted', reason: 'RefNotPermitted' },
  AT0205: { title: 'IngressClass not found', condition: 'ResolvedRefs', reason: 'IngressClassNotFound' },
  AT0206: { title: 'Existing Service not found', condition: 'ResolvedRefs', reason: 'ServiceNotFound' },
  AT0207: { title: 'Existing Service selects other pods', condition: 'Accepted', reason: 'SelectorMismatch' },
  AT0208: { title: 'TLS Secret not permitted', condition: 'Accepted', reason: 'RefNotPermitted' },
  AT0209: {
    title: 'Backend in another namespace not permitted',
    condition: 'PartiallyInvalid',
    reason: 'RefNotPermitted',
  },
  AT0210: { title: "Existing Service is the app's own", condition: 'Accepted', reason: 'RefNotPermitted' },
  AT0211: { title: 'Backend Service in a namespace that is not watched', condition: 'Warning', reason: 'NotWatched' },
  AT0212: { title: 'Service of another app', condition: 'Accepted', reason: 'NotOwned' },
  AT0213: { title: 'Host elsewhere is a name of this cluster', condition: 'Accepted', reason: 'RefNotPermitted' },
  AT0214: { title: 'Gateway port not offered by the platform', condition: 'Accepted', reason: 'RefNotPermitted' },
  AT0215: { title: 'Gateway does not listen on the port', condition: 'ResolvedRefs', reason: 'ListenerNotFound' },
  AT0216: { title: 'Clients do not reach the gateway themselves', condition: 'Accepted', reason: 'RefNotPermitted' },
  AT0217: { title: 'Port of the gateway asks for no certificate', condition: 'Warning', reason: 'NoClientCertificate' },
  AT0218: { title: 'Issuer not granted to the namespace', condition: 'Accepted', reason: 'RefNotPermitted' },
  AT0219: { title: 'Certificate not ready', condition: 'ResolvedRefs', reason: 'CertificateNotReady' },
  AT0221: { title: 'Provider not offered by the platform', condition: 'Accepted', reason: 'RefNotPermitted' },
  AT0301: { title: 'Route can never win', condition: 'Warning', reason: 'ShadowedRoute' },
  AT0302: { title: 'Host held by another app', condition: 'Conflicted', reason: 'HostConflict' },
  AT0303: { title: 'Route overlaps with another app', condition: 'Conflicted', reason: 'PathConflict' },
  AT0304: { title: 'Host not granted to the namespace', condition: 'Conflicted', reason: 'HostNotGranted' },
  AT0305: { title: 'Fault is over', condition: 'Warning', reason: 'FaultExpired' },
  AT0306: { title: 'Probe never gets what it expects', condition: 'Warning', reason: 'ProbeCannotSucceed' },
  AT0307: { title: 'Gateway port held by another app', condition: 'Conflicted', reason: 'PortConflict' },
  AT0308: { title: 'Nothing leads there', condition: 'Warning', reason: 'UnusedBackend' },
  AT0309: { title: 'No time for another try', condition: 'Warning', reason: 'RetriesWithoutTime' },
  AT0310: { title: 'Fault without an end', condition: 'Warning', reason: 'FaultWithoutEnd' },
  AT0311: { title: 'Retries may repeat writes', condition: 'Warning', reason: 'RepeatedWrites' },
  AT0312: { title: 'All pods may be left out', condition: 'Warning', reason: 'EjectsEveryPod' },
  AT0313: { title: 'Route edits the token it needs', condition: 'Accepted', reason: 'InvalidSpec' },
  AT0314: { title: 'Answered to every address', condition: 'Warning', reason: 'AnsweredToAll' },
  AT0401: { title: 'Kind not served by the cluster', condition: 'Programmed', reason: 'KindUnavailable' },
  AT0402: { title: 'Object rejected by the API server', condition: 'Programmed', reason: 'AdmissionDenied' },
  AT0403: { title: 'Field cannot be changed', condition: 'Programmed', reason: 'ImmutableField' },
  AT0404: { title: 'Operator lacks a permission', condition: 'Programmed', reason: 'Forbidden' },
  AT0501: { title: 'Object belongs to somebody else', condition: 'Conflicted', reason: 'NotOwned' },
  AT0502: { title: 'Another manager keeps changing a field', condition: 'Conflicted', reason: 'FieldFight' },
  AT0601: { title: 'Namespace is not in the mesh', condition: 'Accepted', reason: 'NotInMesh' },
  AT0602: { title: 'Selector overlaps with another app', condition: 'Accepted', reason: 'SelectorConflict' },
  AT0603: { title: 'allow needs mutual TLS', condition: 'Accepted', reason: 'InvalidSpec' },
  AT0604: { title: 'allow with Permissive mutual TLS', condition: 'Warning', reason: 'PermissiveAllow' },
  AT0605: { title: 'Controller outside the mesh', condition: 'Accepted', reason: 'NotInMesh' },
  AT0606: { title: 'allow refuses nobody', condition: 'Warning', reason: 'AuditOnly' },
  AT0607: { title: 'Backend lets the gateway in nowhere', condition: 'Warning', reason: 'BackendDenies' },
  AT0608: { title: 'Called app is not reached', condition: 'Warning', reason: 'CalledNotReached' },
  AT0609: { title: 'Services behind providers not listed', condition: 'Accepted', reason: 'ProvidersNotListed' },
  AT0701: { title: 'Not supported by the provider', condition: 'Accepted', reason: 'UnsupportedByProvider' },
  AT0702: { title: 'Behaves differently on the provider', condition: 'Warning', reason: 'DiffersOnProvider' },
  AT0703: { title: 'Feature gate not open', condition: 'Accepted', reason: 'FeatureGateClosed' },
} as const satisfies Record<string, ProblemCodeEntry>;

/** A problem code. */
export type ProblemCode = keyof typeof problemCodes;

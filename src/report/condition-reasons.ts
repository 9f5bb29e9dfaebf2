/** The registry of condition reasons: one CamelCase word each, part of the API (docs/reference/status.md is checked against it). */
import type { problemCodes } from '../model/problem-codes.ts';

/** Reasons that do not come from a problem code, and what they mean. */
export const generalReasons = {
  Ready: 'Everything is as the spec wants it.',
  Accepted: 'The spec is valid and permitted.',
  ResolvedRefs: 'Everything that the spec refers to is there.',
  Programmed: 'The API server holds every object as the spec wants it.',
  NotAccepted: 'Nothing is written while the spec is refused.',
  Pending: 'Some objects are not written yet; the operator waits for something or is about to go on.',
  ApplyFailed: 'The last write failed for a passing reason and is tried again.',
  Progressing: 'The operator is on its way to what the spec wants.',
  ProgressingWithRetry: 'The operator tries again after a passing failure.',
  Paused: 'spec.lifecycle.paused is true: the operator writes nothing.',
  ProbeSucceeded: 'The probe is answered with the status code that spec.external.probe expects.',
  UnexpectedStatus: 'The probe is answered with another status code.',
  NoAnswer: 'The probe gets no answer: no connection comes about, it breaks, or 5 s pass.',
  NameNotResolved: 'DNS has no address for the host that is probed, or gives no answer.',
  TLSFailed:
    'TLS fails as it would for a client: the certificate is not one for this host, is not trusted, or is out of date.',
  AddressNotPermitted:
    'The host leads to an address that the platform does not let probes connect to (settings, probes).',
  NotProbed: 'No probe has said anything yet.',
  NoGrantedHost: 'The app holds no exact host, so there is nobody to probe.',
  Preview: 'spec.lifecycle.mode is Preview: the operator writes nothing and tells what it would do.',
} as const;

/** Every reason that a condition can have. */
export type ConditionReason = keyof typeof generalReasons | (typeof problemCodes)[keyof typeof problemCodes]['reason'];

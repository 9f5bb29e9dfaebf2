/** Condition Reachable: what probes found, in words that stay the same while they find the same. */
import type { Condition } from '../api/v1alpha1/status.ts';
import { generalReasons } from './condition-reasons.ts';
import type { ConditionReason } from './condition-reasons.ts';
import { clip } from './clip.ts';
import type { ServedApp } from './served-app.ts';

/** Why a probe has no status code to tell. */
export type ProbeFault =
  | 'AddressNotPermitted'
  | 'CertificateExpired'
  | 'CertificateOfOthers'
  | 'CertificateUnknown'
  | 'Disconnected'
  | 'DnsFailed'
  | 'NameUnknown'
  | 'TimedOut'
  | 'TlsFailed';

/** What one probe found: the status code of the answer, or why there is none. */
export type ProbeFinding = { readonly status: number } | { readonly fault: ProbeFault };

type Said = { readonly status: Condition['status']; readonly reason: ConditionReason; readonly message: string };

const faultTexts: Readonly<Record<ProbeFault, Said>> = {
  AddressNotPermitted: {
    status: 'Unknown',
    reason: 'AddressNotPermitted',
    message: 'the name leads to an address that the platform does not let probes connect to (settings, probes)',
  },
  CertificateExpired: {
    status: 'False',
    reason: 'TLSFailed',
    message: 'the certificate is not valid at this time',
  },
  CertificateOfOthers: {
    status: 'False',
    reason: 'TLSFailed',
    message: 'the certificate is not for this host',
  },
  CertificateUnknown: {
    status: 'False',
    reason: 'TLSFailed',
    message: 'the certificate is signed by nobody whom clients trust',
  },
  Disconnected: {
    status: 'False',
    reason: 'NoAnswer',
    message: 'the connection is refused, or ends before an answer came',
  },
  DnsFailed: { status: 'False', reason: 'NameNotResolved', message: 'DNS gives no answer for the name' },
  NameUnknown: { status: 'False', reason: 'NameNotResolved', message: 'DNS has no address for the name' },
  TimedOut: { status: 'False', reason: 'NoAnswer', message: 'no answer came within 5 s' },
  TlsFailed: { status: 'False', reason: 'TLSFailed', message: 'no TLS connection comes about' },
};

/** Reasons that a finding gives: those of a condition that an earlier process may have left. */
const found: ReadonlySet<string> = new Set([
  'ProbeSucceeded',
  'UnexpectedStatus',
  ...Object.values(faultTexts).map(({ reason }) => reason),
]);

/**
 * What condition Reachable says; undefined without a probe. `finding`: what probes of this process have settled on. Without
 * one the earlier condition stays, where it speaks of the same request: a restart changes nothing.
 */
export function reachableOf(
  { probe, accepted, held }: ServedApp,
  finding: ProbeFinding | undefined,
  earlier: Condition | undefined,
): Said | undefined {
  if (probe === undefined) return undefined;
  if (!accepted) return unknown('NotAccepted', 'nothing is probed while the spec is refused');
  if (held !== undefined) {
    return unknown(held, `nothing is probed while ${held === 'Paused' ? 'the app is paused' : 'the app is previewed'}`);
  }
  if (probe.url === undefined) return unknown('NoGrantedHost', 'no exact host is held, so there is nobody to probe');
  const subject = `GET ${probe.url}, ${probe.expect} expected: `;
  if (finding === undefined) return carried(earlier, subject) ?? unknown('NotProbed', `${subject}nothing is known yet`);
  const said = saidOf(finding, probe.expect);
  return { ...said, message: clip(`${subject}${said.message}`, 2048) };
}

function saidOf(finding: ProbeFinding, expect: number): Said {
  if ('fault' in finding) return faultTexts[finding.fault];
  const { status } = finding;
  if (status === expect) return { status: 'True', reason: 'ProbeSucceeded', message: `the answer has ${status}` };
  return { status: 'False', reason: 'UnexpectedStatus', message: `the answer has ${status}` };
}

function carried(earlier: Condition | undefined, subject: string): Said | undefined {
  if (earlier === undefined || !earlier.message.startsWith(subject)) return undefined;
  const { status, reason, message } = earlier;
  return isFound(reason) ? { status, reason, message } : undefined;
}

function isFound(reason: string): reason is keyof typeof generalReasons {
  return found.has(reason) && Object.hasOwn(generalReasons, reason);
}

function unknown(reason: ConditionReason, message: string): Said {
  return { status: 'Unknown', reason, message };
}

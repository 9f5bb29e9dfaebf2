/** The API server's audit log: what every client asked and was granted. */
import { readFileSync, writeFileSync } from 'node:fs';

/** How much of each request is logged (audit.k8s.io/v1 Level). */
export type AuditLevel = 'Metadata' | 'Request' | 'RequestResponse';

/** An entry, as far as tests read it by name (audit.k8s.io/v1 Event, stage ResponseComplete). */
export type AuditEvent = {
  readonly verb: string;
  /** RFC 3339 with microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly user: { readonly username: string; readonly groups?: readonly string[] };
  readonly userAgent?: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly apiVersion?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly reason?: string };
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** Writes the policy file and gives the flags that make the API server log by it, each entry before its request is answered. */
export function auditFlags(policyFile: string, logFile: string, level: AuditLevel): readonly string[] {
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    rules: [{ level }],
  };
  writeFileSync(policyFile, JSON.stringify(policy));
  return [`--audit-policy-file=${policyFile}`, `--audit-log-path=${logFile}`, '--audit-log-mode=blocking'];
}

/** All entries of an audit log so far; a last line still being written is left out. */
export function readAuditLog(logFile: string): readonly AuditEvent[] {
  const complete = readFileSync(logFile, 'utf8').split('\n').slice(0, -1);
  return complete.map((line) => JSON.parse(line) as AuditEvent);
}

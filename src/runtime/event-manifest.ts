/** What the recorder writes for a note: an Event of events.k8s.io/v1, its name, and its series. */
import { createHash } from 'node:crypto';
import { apiVersionOf, kinds } from '../kube/gvk.ts';
import type { Manifest } from '../kube/manifest.ts';
import type { EventNote, EventSubject } from './event-note.ts';

/** How often something happened (at least twice), and when it last did (MicroTime). */
export type EventSeries = { readonly count: number; readonly lastObservedTime: string };

/** An Event as it is created. */
export type EventManifest = Manifest & {
  readonly eventTime: string;
  readonly reportingController: string;
  readonly reportingInstance: string;
  readonly type: EventNote['type'];
  readonly reason: string;
  readonly action: string;
  readonly note: string;
  readonly regarding: EventSubject;
  readonly related?: EventSubject;
};

/** Who reports: `controller` is a qualified name such as example.com/controller. */
export type Reporter = { readonly controller: string; readonly instance: string };

/** Bounds of kube-apiserver (pkg/apis/core/validation/events.go), both in bytes. */
const longestNote = 1024;
const longestInstance = 128;

/** A DNS subdomain has at most so many characters; the hash and its dot take their part. */
const longestSubjectInName = 253 - 17;

/**
 * The Event for a note at `eventTime` (MicroTime). Its name is fixed by note, reporter and time: asking for it a second
 * time, because the first answer was lost, is answered with AlreadyExists instead of a second Event.
 */
export function eventManifest(note: EventNote, reporter: Reporter, eventTime: string): EventManifest {
  const { regarding, related, type, reason, action } = note;
  const hash = createHash('sha256')
    .update([eventKey(note), reporter.controller, reporter.instance, eventTime].join('\n'))
    .digest('hex')
    .slice(0, 16);
  return {
    apiVersion: apiVersionOf(kinds.Event),
    kind: kinds.Event.kind,
    metadata: {
      // Events about cluster-scoped objects live in `default` (validation/events.go, legacyValidateEvent).
      namespace: regarding.namespace ?? 'default',
      name: `${subjectInName(regarding.name)}.${hash}`,
    },
    eventTime,
    reportingController: reporter.controller,
    reportingInstance: cutToBytes(reporter.instance, longestInstance),
    type,
    reason,
    action,
    note: cutToBytes(note.note, longestNote),
    regarding,
    ...(related === undefined ? {} : { related }),
  };
}

/** Notes with the same key are the same thing happening again. */
export function eventKey({ regarding, reason, action, note, type }: EventNote): string {
  return JSON.stringify([regarding.uid, reason, action, note, type]);
}

/** Cuts a text to so many bytes of UTF-8, between characters, and says so with an ellipsis. */
export function cutToBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  const ellipsis = '…';
  let end = bytes - Buffer.byteLength(ellipsis);
  // 10xxxxxx continues a character (RFC 3629, section 3).
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  return encoded.toString('utf8', 0, end) + ellipsis;
}

function subjectInName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .slice(0, longestSubjectInName)
    .replace(/[^a-z0-9]+$/, '');
}

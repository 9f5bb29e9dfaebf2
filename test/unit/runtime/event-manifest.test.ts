import * as fc from 'fast-check';
import { cutToBytes, eventManifest } from '../../../src/runtime/event-manifest.ts';
import type { EventNote } from '../../../src/runtime/event-note.ts';

const note: EventNote = {
  regarding: { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', namespace: 'web', name: 'shop', uid: 'u1' },
  related: { apiVersion: 'v1', kind: 'Service', namespace: 'web', name: 'shop', uid: 'u2' },
  type: 'Warning',
  reason: 'Repaired',
  action: 'Apply',
  note: 'Service shop was put right',
};
const reporter = { controller: 'apptraffic.dev/controller', instance: 'pod-1_x' };
const time = '2026-01-01T00:00:00.000000Z';
const nameOf = (...args: Parameters<typeof eventManifest>): string => eventManifest(...args).metadata.name;

describe('the Event for a note', () => {
  it('carries the note in the words of events.k8s.io/v1', () => {
    expect(eventManifest(note, reporter, time)).toEqual({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: 'web', name: expect.stringMatching(/^shop\.[0-9a-f]{16}$/) as string },
      eventTime: time,
      reportingController: 'apptraffic.dev/controller',
      reportingInstance: 'pod-1_x',
      type: 'Warning',
      reason: 'Repaired',
      action: 'Apply',
      note: 'Service shop was put right',
      regarding: note.regarding,
      related: note.related,
    });
  });

  it('lives in namespace default when it is about a cluster-scoped object', () => {
    const regarding = { apiVersion: 'v1', kind: 'Namespace', name: 'web', uid: 'u3' };
    expect(eventManifest({ ...note, regarding }, reporter, time).metadata.namespace).toBe('default');
  });

  it('has the same name when it is made again, and another one for another note, time or reporter', () => {
    const names = [
      nameOf(note, reporter, time),
      nameOf(note, reporter, time),
      nameOf({ ...note, note: 'other' }, reporter, time),
      nameOf(note, reporter, '2026-01-01T00:00:00.001000Z'),
      nameOf(note, { ...reporter, instance: 'pod-2_x' }, time),
    ];
    expect([names[0] === names[1], new Set(names).size]).toEqual([true, 4]);
  });

  it('has a name that the API server accepts, whatever the object is called', () => {
    const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
    const subdomain = new RegExp(`^${label}(\\.${label})*$`);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]([-.]?[a-z0-9]){0,200}$/), (name) => {
        const made = nameOf({ ...note, regarding: { ...note.regarding, name } }, reporter, time);
        expect(made).toMatch(subdomain);
        expect(made.length).toBeLessThanOrEqual(253);
      }),
    );
  });

  it('cuts a note that is too long, and a reporter too', () => {
    const long = eventManifest({ ...note, note: 'ä'.repeat(600) }, { ...reporter, instance: 'i'.repeat(200) }, time);
    expect([long.note, long.reportingInstance]).toEqual([`${'ä'.repeat(510)}…`, `${'i'.repeat(125)}…`]);
  });
});

describe('a text cut to bytes', () => {
  it('is a beginning of the text in whole characters, as long as fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 3, max: 60 }), (text, bytes) => {
        const cut = cutToBytes(text, bytes);
        const fits = Buffer.byteLength(text) <= bytes;
        const kept = cut.slice(0, -1);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes);
        if (fits) expect(cut).toBe(text);
        else {
          const next = String.fromCodePoint(text.codePointAt(kept.length) ?? 0);
          expect([text.startsWith(kept), cut.endsWith('…'), Buffer.byteLength(`${cut}${next}`) > bytes]).toEqual([
            true,
            true,
            true,
          ]);
        }
      }),
    );
  });
});

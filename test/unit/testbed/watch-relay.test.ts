import { array, assert, nat, property } from 'fast-check';
import { createWatchRelay } from '../../testbed/proxy/watch-relay.ts';
import type { EventFilter, WatchEvent, WatchRelay } from '../../testbed/proxy/watch-relay.ts';

const event = (type: string, name = 'ä'): WatchEvent => ({ type, object: { metadata: { name } } });
const line = (one: WatchEvent): string => `${JSON.stringify(one)}\n`;

function relayWith(filters: EventFilter[] = []): { relay: WatchRelay; seen: () => string; chunks: Buffer[] } {
  const chunks: Buffer[] = [];
  const relay = createWatchRelay(
    (chunk) => chunks.push(chunk),
    () => filters,
  );
  return { relay, chunks, seen: () => Buffer.concat(chunks).toString('utf8') };
}

/** Cuts a text's bytes at the given places. */
function pieces(text: string, cuts: readonly number[]): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const stream = [event('ADDED'), event('MODIFIED'), event('DELETED')].map(line).join('');
const cutPlaces = array(nat(), { maxLength: 6 });

describe('a watch relay', () => {
  it('passes chunks on as they come', () => {
    const { relay, chunks } = relayWith();
    const sent = pieces(stream, [3, 50, 51]);
    for (const piece of sent) relay.push(piece);
    expect(chunks).toEqual(sent);
  });

  it('swallows exactly the chosen events, wherever the bytes are cut', () => {
    assert(
      property(cutPlaces, (cuts) => {
        const { relay, seen } = relayWith([({ type }) => type === 'MODIFIED']);
        for (const piece of pieces(stream, cuts)) relay.push(piece);
        expect(seen()).toBe(line(event('ADDED')) + line(event('DELETED')));
      }),
    );
  });

  it('never breaks an event when swallowing begins and ends anywhere', () => {
    assert(
      property(cutPlaces, nat(6), nat(6), (cuts, begin, length) => {
        const filters: EventFilter[] = [];
        const { relay, seen } = relayWith(filters);
        for (const [index, piece] of pieces(stream, cuts).entries()) {
          if (index === begin) filters.push(({ type }) => type === 'MODIFIED');
          if (index === begin + length) filters.length = 0;
          relay.push(piece);
        }
        filters.length = 0;
        relay.push(Buffer.from(line(event('BOOKMARK'))));
        const types = seen()
          .trimEnd()
          .split('\n')
          .map((text) => (JSON.parse(text) as WatchEvent).type);
        expect(types.filter((type) => type !== 'MODIFIED')).toEqual(['ADDED', 'DELETED', 'BOOKMARK']);
      }),
    );
  });

  it('slips an event in between two others, never into one', () => {
    assert(
      property(cutPlaces, nat(6), (cuts, place) => {
        const { relay, seen } = relayWith();
        const sent = pieces(stream, cuts);
        for (const [index, piece] of sent.entries()) {
          if (index === place % sent.length) relay.send(event('ERROR'));
          relay.push(piece);
        }
        const types = seen()
          .trimEnd()
          .split('\n')
          .map((text) => (JSON.parse(text) as WatchEvent).type);
        expect(types.toSorted()).toEqual(['ADDED', 'DELETED', 'ERROR', 'MODIFIED']);
      }),
    );
  });

  it('is silent while stalled and loses nothing', () => {
    const { relay, seen } = relayWith();
    relay.push(Buffer.from(line(event('ADDED'))));
    relay.stall();
    relay.push(Buffer.from(line(event('MODIFIED'))));
    relay.send(event('ERROR'));
    expect(seen()).toBe(line(event('ADDED')));
    relay.resume();
    expect(seen()).toBe([event('ADDED'), event('MODIFIED'), event('ERROR')].map(line).join(''));
  });
});

/** Edits of headers: on the way to the backend, and on the way back. */
import { z } from 'zod';
import { about } from '../../schema/describe.ts';
import { eachTextOnce, headerMap, headerName } from './header-text.ts';
import { unless, withRules } from '../../schema/rule.ts';
import type { Rule } from '../../schema/rule.ts';
import { text } from '../../schema/text.ts';

/** Shorter than the names of conditions: the API server reckons beforehand what comparing all of them may cost. */
const nameForm = { ...headerName('pseudo-headers cannot be edited'), max: 64 };
const most = 8;

/**
 * Headers that are not a route's to edit: the Host header, those of one connection (RFC 9110 §7.6.1), the length of the
 * body, those that a gateway writes over (server, date), and those by which proxies and policies tell requests and
 * callers apart.
 */
const kept: readonly string[] = [
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'date',
  'server',
  'x-apptraffic-route',
  'x-forwarded-for',
  'x-forwarded-client-cert',
];
const keptPrefix = 'x-envoy-';

const isKept = (name: string): boolean => kept.includes(name) || name.startsWith(keptPrefix);

type Edits = {
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly add?: Readonly<Record<string, string>> | undefined;
  readonly remove?: readonly string[] | undefined;
};

type Part = 'set' | 'add' | 'remove';

/** Every name that is edited, in lower case, with its place. */
function named({
  set = {},
  add = {},
  remove = [],
}: Edits): readonly (readonly [string, readonly (string | number)[]])[] {
  const ofMap = (part: Part, map: Readonly<Record<string, string>>): ReturnType<typeof named> =>
    Object.keys(map).map((name) => [name.toLowerCase(), [part, name]]);
  return [
    ...ofMap('set', set),
    ...ofMap('add', add),
    ...remove.map((name, at) => [name.toLowerCase(), ['remove', at]] as const),
  ];
}

const eachPart = (says: (part: string) => string): string =>
  (['set', 'add', 'remove'] as const).map((part) => `(!has(self.${part}) || ${says(`self.${part}`)})`).join(' && ');
/** Put into lower case once: comparing them pair by pair would cost the API server the square of it. */
const apart = (a: string, b: string): string =>
  `(!has(self.${a}) || !has(self.${b}) || [self.${b}.map(name, name.lowerAscii())].all(others, self.${a}.all(one, !(one.lowerAscii() in others))))`;
const celList = (texts: readonly string[]): string => `[${texts.map((one) => `'${one}'`).join(', ')}]`;

const rules: readonly Rule<Edits>[] = [
  {
    message: 'nothing is edited',
    fix: 'give at least one of set, add and remove',
    cel: 'has(self.set) || has(self.add) || has(self.remove)',
    faults: ({ set, add, remove }) => unless([set, add, remove].some((part) => part !== undefined)),
  },
  {
    message: "this header is not a route's to edit",
    fix: 'remove it; rewrite.host changes the Host header, and proxies keep the others',
    cel: eachPart(
      (part) =>
        `${part}.all(one, !(one.lowerAscii() in ${celList(kept)}) && !one.lowerAscii().startsWith('${keptPrefix}'))`,
    ),
    faults: (edits) => named(edits).flatMap(([name, place]) => (isKept(name) ? [place] : [])),
  },
  {
    message: 'a header is in more than one of set, add and remove',
    fix: 'keep it in one of them',
    cel: [apart('set', 'add'), apart('set', 'remove'), apart('add', 'remove')].join(' && '),
    faults: (edits) => {
      const all = named(edits);
      return all.flatMap(([name, place]) =>
        all.some(([other, [part]]) => other === name && isBefore(part, place[0])) ? [place] : [],
      );
    },
  },
];

const order: readonly unknown[] = ['set', 'add', 'remove'];

function isBefore(a: unknown, b: unknown): boolean {
  return order.indexOf(a) < order.indexOf(b);
}

function edits(side: 'request' | 'response', until: string) {
  const becomes = `VirtualService.spec.http[].headers.${side}`;
  return withRules(
    z.strictObject({
      set: headerMap(nameForm, most)
        .meta(
          about(`Headers by name that get this value, whatever ${until} sent. A % is a %, never a variable.`, {
            becomes: `${becomes}.set`,
          }),
        )
        .exactOptional(),
      add: headerMap(nameForm, most)
        .meta(
          about(`Headers by name that get this value beside those that ${until} sent.`, { becomes: `${becomes}.add` }),
        )
        .exactOptional(),
      remove: withRules(z.array(text(nameForm)).min(1).max(most).meta({ 'x-kubernetes-list-type': 'atomic' }), [
        {
          message: 'a header is listed twice',
          fix: 'list it once; upper and lower case do not count',
          cel: eachTextOnce,
          faults: (list) => {
            const known = list.map((name) => name.toLowerCase());
            return known.flatMap((name, at) => (known.indexOf(name) < at ? [[at]] : []));
          },
        },
      ])
        .meta(about('Names of headers that are taken away.', { becomes: `${becomes}.remove` }))
        .exactOptional(),
    }),
    rules,
  );
}

/** Edits of a route. */
export const headerEdits = withRules(
  z.strictObject({
    request: edits('request', 'the client')
      .meta(about('What is changed before the backend gets the request.'))
      .exactOptional(),
    response: edits('response', 'the backend')
      .meta(
        about(
          'What is changed before the client gets the answer: of a backend, of redirect or of respond, and the one that proxies and pods give when they fail or refuse.',
        ),
      )
      .exactOptional(),
  }),
  [
    {
      message: 'nothing is edited',
      fix: 'give request or response',
      cel: 'has(self.request) || has(self.response)',
      faults: ({ request, response }) => unless(request !== undefined || response !== undefined),
    },
  ],
);

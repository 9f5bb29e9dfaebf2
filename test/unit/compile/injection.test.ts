import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import { compile } from '../../../src/compile/compile.ts';
import type { Manifest } from '../../../src/kube/manifest.ts';
import type { World } from '../../../src/model/world.ts';
import { literalRegex } from '../../../src/translate/istio/literal-regex.ts';
import { goldenApps } from './golden-apps.ts';

/** What means something to one language or another in which a text could land, each with a short name. */
const hostile: Readonly<Record<string, string>> = {
  NUL: '\u0000',
  BEL: '\u0007',
  newline: '\n',
  CR: '\r',
  tab: '\t',
  '"': '"',
  "'": "'",
  '`': '`',
  ';': ';',
  '{': '{',
  '}': '}',
  $: '$',
  '${x}': '${x}',
  '%': '%',
  '%REQ(x)%': '%REQ(x)%',
  '\\': '\\',
  '<': '<',
  '>': '>',
  '#': '#',
  '&': '&',
  ',': ',',
  blank: ' ',
  '*': '*',
  é: 'é',
  RLO: '\u202e',
  LS: '\u2028',
  emoji: '😀',
};

type Path = readonly (string | number)[];

/** A text in a spec that is served, and where it stands. */
type Place = {
  /** The field, `external.routes[].match.headers.*`, and what serves the app. */
  readonly name: string;
  readonly app: AppTraffic;
  readonly world: World;
  readonly at: Path;
  readonly text: string;
};

/** Maps whose keys the user chooses. */
const keyed: readonly string[] = [
  'backends',
  'split',
  'labels',
  'selector',
  'annotations',
  'set',
  'add',
  'headers',
  'headersRegex',
  'cookies',
  'query',
  'to',
];

/** All texts of a value with their places. */
function textsIn(value: unknown, at: Path = []): readonly (readonly [Path, string])[] {
  if (typeof value === 'string') return [[at, value]];
  if (Array.isArray(value)) return value.flatMap((one: unknown, i) => textsIn(one, [...at, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...at, key]));
}

function fieldOf(at: Path): string {
  return at
    .map((step, i) => {
      if (typeof step === 'number') return '[]';
      const [before, last] = [at[i - 1], i === at.length - 1];
      const isKey = typeof before === 'string' && keyed.includes(before) && (last || before === 'backends');
      return `${i === 0 ? '' : '.'}${isKey ? '*' : step}`;
    })
    .join('');
}

function withText(value: unknown, [head, ...rest]: Path, text: string): unknown {
  if (head === undefined) return text;
  if (Array.isArray(value)) return value.map((one: unknown, i) => (i === head ? withText(one, rest, text) : one));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => [key, key === head ? withText(inner, rest, text) : inner]),
  );
}

/** Every field that holds a text in a golden case, once for each provider. */
async function everyPlace(): Promise<readonly Place[]> {
  const found = new Map<string, Place>();
  for (const { name: of, app, world } of await goldenApps()) {
    if (!compile(app, world).accepted) continue;
    const provider = of.startsWith('ingress-') ? (of.split('/')[0] ?? '') : 'istio';
    for (const [at, text] of textsIn(app.spec)) {
      const name = `${provider} ${fieldOf(at)}`;
      if (!found.has(name)) found.set(name, { name, app, world, at, text });
    }
  }
  return [...found.values()];
}

/** What becomes of the app with this text inside the one that stands there; undefined: it is refused. */
function renderedWith({ app, world, at, text }: Place, inside: string): readonly Manifest[] | undefined {
  const spec = withText(app.spec, at, `${text.slice(0, 1)}${inside}${text.slice(1) || 'z'}`);
  const parsed = parseAppTraffic({ ...app, spec });
  if (!parsed.ok) return undefined;
  const { accepted, manifests } = compile(parsed.value, world);
  return accepted ? manifests : undefined;
}

/** The texts of the objects without their order, in which every way to write `inside` is one letter. */
function shapeOf(manifests: readonly Manifest[], inside: string): readonly string[] {
  const ways = [inside, inside.replaceAll('%', '%%'), literalRegex(inside), literalRegex(inside).replaceAll('%', '%%')];
  const longestFirst = [...new Set(ways)].sort((a, b) => b.length - a.length);
  const neutral = (text: string): string => longestFirst.reduce((rest, way) => rest.replaceAll(way, 'q'), text);
  const leaves = textsIn(manifests).map(([at, text]) => {
    const path = at.map((step) => (typeof step === 'number' ? '[]' : neutral(step))).join(' ');
    return `${path}: ${neutral(text)}`;
  });
  return leaves.sort();
}

const values = '" \' ` ; { } $ ${x} % %REQ(x)% \\ < > # & , blank *';
const tokens = "' ` $ % # & *";
const queries = '; $ % %REQ(x)% , *';

const routes: Readonly<Record<string, string>> = {
  'headers.request.add.*': values,
  'match.cookies.*': "' ` { } $ ${x} % %REQ(x)% < > # & *",
  'match.headers.*': values,
  'match.regex': '; % %REQ(x)% & , *',
  'respond.body': `newline CR tab ${values} é RLO LS emoji`,
};

/** What is let in, by field; a field that is not here lets nothing in, and on an Ingress none does. */
const letIn: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['external', 'internal'].flatMap((side) =>
      Object.entries(routes).map(([field, signs]) => [`istio ${side}.routes[].${field}`, signs]),
    ),
  ),
  ...Object.fromEntries(
    [
      'auth.claims.realm_access[roles][]',
      'auth.claims.scope[]',
      'auth.jwt[].audiences[]',
      'auth.jwt[].issuer',
      'routes[].auth.claims.https://example.com/tier[]',
      'routes[].auth.claims.realm_access[roles][]',
    ].map((field) => [`istio external.${field}`, '" \' ` ; { } $ ${x} % %REQ(x)% \\ < > # & ,']),
  ),
  'istio external.cors.exposeHeaders[]': "' ` $ % # &",
  'istio external.cors.headers[]': "' ` $ % # &",
  'istio external.routes[].headers.request.remove[]': tokens,
  'istio external.routes[].headers.request.set.*': values,
  'istio external.routes[].headers.response.add.*': values,
  'istio external.routes[].headers.response.remove[]': tokens,
  'istio external.routes[].headers.response.set.*': values,
  'istio external.routes[].match.headersRegex.*': '" \' ` ; % %REQ(x)% < > # & , blank *',
  'istio external.routes[].match.query.*': queries,
  'istio external.routes[].match.withoutHeaders[]': tokens,
  'istio external.routes[].rewrite.regex.match': '; % %REQ(x)% & , *',
  // The expression is .* there: a backslash makes a star of the star.
  'istio internal.routes[].rewrite.regex.match': '; % %REQ(x)% \\ & ,',
  'istio resilience.loadBalancing.hashOn.header': tokens,
  'istio resilience.loadBalancing.hashOn.query': queries,
};

describe('a hostile text inside any text of a spec (T60)', () => {
  let places: readonly Place[] = [];
  beforeAll(async () => {
    places = await everyPlace();
  });

  it('is refused, but for signs that a field may hold', () => {
    const found = places.flatMap((place) => {
      const accepted = Object.keys(hostile).filter((sign) => renderedWith(place, hostile[sign] ?? '') !== undefined);
      return accepted.length === 0 ? [] : [[place.name, accepted.join(' ')] as const];
    });
    expect(places.length).toBeGreaterThan(100);
    expect(Object.fromEntries(found)).toEqual(letIn);
  });

  it('changes no object otherwise than a letter in its place would', () => {
    const changed = places.flatMap((place) => {
      const plain = renderedWith(place, 'q');
      return Object.entries(hostile).flatMap(([sign, inside]) => {
        const manifests = renderedWith(place, inside);
        if (manifests === undefined) return [];
        const [is, wanted] = [shapeOf(manifests, inside), plain === undefined ? [] : shapeOf(plain, inside)];
        const other = is.filter((leaf) => !wanted.includes(leaf));
        return JSON.stringify(is) === JSON.stringify(wanted) ? [] : [`${place.name} ${sign}: ${other.join(' | ')}`];
      });
    });
    expect(changed).toEqual([]);
  });
});

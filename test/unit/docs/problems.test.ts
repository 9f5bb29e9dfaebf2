import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import { compileOffline } from '../../../src/cli/compile-offline.ts';
import { readInput } from '../../../src/cli/input/read-input.ts';
import { readSettings } from '../../../src/cli/input/read-settings.ts';
import { worldsFromDocuments } from '../../../src/cli/world-from-documents.ts';
import { compile } from '../../../src/compile/compile.ts';
import { problemCodes } from '../../../src/model/problem-codes.ts';
import type { ProblemCode, ProblemCondition } from '../../../src/model/problem-codes.ts';
import type { Platform } from '../../../src/model/platform.ts';
import type { World } from '../../../src/model/world.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';
import { blocksOf, documents, proseOf, root } from '../../docs/markdown.ts';
import type { Block } from '../../docs/markdown.ts';
import { memoryTerminal } from '../cli/memory-terminal.ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const codes = Object.keys(problemCodes) as ProblemCode[];
const pageOf = (code: string): string => `docs/problems/${code}.md`;

/** Codes that only a cluster can give: their pages name the integration test that shows them instead of an example that is run here. */
const onlyInClusters: readonly ProblemCode[] = ['AT0219', 'AT0402', 'AT0403', 'AT0404', 'AT0502'];

/** What a page says of status, right below its title. */
const statusWords: Readonly<Record<ProblemCondition, (reason: string) => string>> = {
  Accepted: (reason) =>
    `\`Accepted\` is False with reason \`${reason}\`: the object is refused whole, and what it had made before stays as it is.`,
  ResolvedRefs: (reason) =>
    `\`ResolvedRefs\` is False with reason \`${reason}\`: everything is written, and what is missing starts to work once it is there.`,
  Programmed: (reason) => `\`Programmed\` is False with reason \`${reason}\`: the other objects are written.`,
  Conflicted: (reason) => `\`Conflicted\` is True with reason \`${reason}\`: what is not in conflict is served.`,
  PartiallyInvalid: (reason) => `\`PartiallyInvalid\` is True with reason \`${reason}\`: the other routes are served.`,
  Warning: () => 'A Warning: it stands in `status.problems` and changes no condition.',
};

/** What an example stands in: ` in an empty cluster`: what it does not show is not there; ` without Istio`: nor are Istio's kinds; with namespaces watched, others are not read. */
const surroundings: Readonly<Record<string, Partial<World>>> = {
  '': {},
  ' in an empty cluster': { assumesPresent: false },
  ' where only namespace shop is watched': { assumesPresent: false, watchedNamespaces: ['shop'] },
  ' without Istio': { availableKinds: ['/Service', 'networking.k8s.io/Ingress'] },
};

const folder = mkdtempSync(join(tmpdir(), 'apptraffic-problems-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function platformOf({ file, line, text }: Block): Platform {
  writeFileSync(join(folder, 'settings.yaml'), text);
  const settings = readSettings('settings.yaml', folder);
  if (settings.ok) return settings.platform;
  throw new Error(`${file}:${line}: the settings are not valid`);
}

/** The codes that the objects of a block yield, each once: as `apptraffic validate` finds them, where the surroundings are those of a file. */
async function codesOf({ text }: Block, platform: Platform, around: Partial<World>): Promise<readonly string[]> {
  const terminal = memoryTerminal(folder, text);
  const { apps, others, faults } = await readInput(['-'], 'default', terminal);
  if (faults.length > 0 || apps.length === 0) return ['unreadable'];
  if (Object.keys(around).length === 0) {
    const { findings } = compileOffline({ apps, others }, platform, terminal.now());
    return [...new Set(findings.flatMap(({ code }) => code ?? []))].sort();
  }
  const parsed = apps.map((object) => ({ object, parsed: parseAppTraffic(object.manifest) }));
  const valid = parsed.flatMap(({ object, parsed }) => (parsed.ok ? [{ object, value: parsed.value }] : []));
  const worldOf = worldsFromDocuments({ apps: valid, others, platform, now: terminal.now() });
  const found = valid.flatMap((app) => compile(app.value, { ...worldOf(app), ...around }).problems);
  const all = [...(valid.length < apps.length ? ['AT0101'] : []), ...found.map(({ code }) => code)];
  return [...new Set(all)].sort();
}

/** What a page's example claims. */
type Example = { readonly block: Block; readonly yields: string; readonly around: Partial<World> };

function exampleOf(block: Block): Example | undefined {
  const [, yields, where = ''] = /^yields: (AT\d{4}|nothing)(.*)$/.exec(block.note) ?? [];
  const around = surroundings[where];
  return yields === undefined || around === undefined ? undefined : { block, yields, around };
}

/** The claims of a page, and what holds: settings before an example apply to it, settings after it mend it. */
async function claimsOf(file: string): Promise<readonly { claim: string; holds: readonly string[] }[]> {
  const claims: { claim: string; holds: readonly string[] }[] = [];
  let platform = builtInPlatform();
  let last: Example | undefined;
  for (const block of blocksOf(file)) {
    const example = exampleOf(block);
    if (example !== undefined) {
      claims.push({ claim: example.yields, holds: await codesOf(block, platform, example.around) });
      last = example;
    } else if (block.note === 'settings') {
      platform = platformOf(block);
      if (last !== undefined)
        claims.push({ claim: 'nothing', holds: await codesOf(last.block, platform, last.around) });
    } else throw new Error(`${file}:${block.line}: a yaml block here has the note settings, or says what it yields`);
  }
  return claims;
}

describe('every problem code', () => {
  it('has a page, and every page a code', () => {
    expect(documents().filter((file) => file.startsWith('docs/problems/'))).toEqual(codes.map(pageOf).sort());
  });

  it.each(codes)('%s: the page has its title and says what it does to status', (code) => {
    const { title, condition, reason } = problemCodes[code];
    const lines = proseOf(pageOf(code)).map(({ text }) => text);
    expect(lines.slice(0, 4)).toEqual([`# ${code}: ${title}`, '', statusWords[condition](reason), '']);
    expect(lines).toContain('## Fix');
  });

  it.each(codes)('%s: the example yields it, and what is shown as the fix mends it', async (code) => {
    const claims = await claimsOf(pageOf(code));
    const wanted = claims.map(({ claim }) => ({ claim, holds: claim === 'nothing' ? [] : [code] }));
    expect(claims).toEqual(wanted);
    expect(claims.filter(({ claim }) => claim === code)).toHaveLength(onlyInClusters.includes(code) ? 0 : 1);
  });

  it.each(onlyInClusters)('%s: the page names a test on a real API server that shows it', (code) => {
    const prose = proseOf(pageOf(code))
      .map(({ text }) => text)
      .join('\n');
    const [, file = '', group = '', title = ''] =
      /^Shown on a real API server by `([^`]+)`, "([^"]+)":\s"([^"]+)"\.$/m.exec(prose) ?? [];
    expect(file).toMatch(/^test\/integration\/[\w-]+\.test\.ts$/);
    const test = readFileSync(join(root, file), 'utf8');
    const [, ofGroup = ''] = test.split(`describe('${group}', `);
    const [ownTests = ''] = ofGroup.split(/^describe\(/m);
    expect(ownTests).toContain(`'${title}'`);
    expect(ownTests).toContain(problemCodes[code].reason);
  });
});

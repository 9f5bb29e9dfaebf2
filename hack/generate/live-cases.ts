/** Makes the list of live cases: for every field of a spec what a real mesh shows of it. */
import { liveFiles, proofs } from '../../test/mesh/live/proof.ts';
import type { Proof } from '../../test/mesh/live/proof.ts';
import type { GeneratedFile } from './generated-files.ts';

const shortName = (file: string): string => file.replace(/^.*\/|\.test\.ts$/g, '');

function line({ path, cases, reason }: Proof): string {
  const shown = cases.map(({ file, title }) => `${shortName(file)}: ${title}`);
  return `| \`${path}\` | ${shown.length > 0 ? shown.join('<br>') : `none: ${reason ?? ''}`} |`;
}

/** The table of `proofs()` as Markdown. */
export function liveCasesFile(): GeneratedFile {
  const all = proofs();
  const proven = all.filter(({ cases }) => cases.length > 0).length;
  const files = Object.entries(liveFiles).map(([file, { length }]) => `\`${file}\` (${length} cases)`);
  const text = [
    '<!-- GENERATED from test/mesh/live by hack/generate; do not edit. -->',
    '# Live cases: what a real mesh shows of every field',
    '',
    '`make mesh` sends real requests through real Envoys. A case fails when a field that it names is rendered wrongly: what a',
    'request gets must be what `decide` says (it is behind `apptraffic explain`) and what the case says, which is written by',
    'hand. `=` is one value of a field, `[]` an element of a list, `.*` a value of a map.',
    '',
    `Of ${all.length} fields and values ${proven} have a case, in ${files.join(' and ')}.`,
    '',
    '| field | cases |',
    '|---|---|',
    ...all.map(line),
    '',
  ].join('\n');
  return { path: 'docs/reference/live-cases.md', text };
}

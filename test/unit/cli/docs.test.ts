import { documentedFields, findFields } from '../../../src/cli/docs/find-field.ts';
import { fieldName } from '../../../src/cli/docs/field-page.ts';
import { problemPage } from '../../../src/cli/docs/problem-page.ts';
import { runCli } from '../../../src/cli/program.ts';
import { problemCodes } from '../../../src/model/problem-codes.ts';
import type { ProblemCode } from '../../../src/model/problem-codes.ts';
import { memoryTerminal } from './memory-terminal.ts';

const fields = documentedFields();
const found = (words: string): readonly string[] => findFields(words, fields).map(fieldName);

describe('the field that is meant', () => {
  it('is found by its own path, with spec. and without', () => {
    const names = fields.map(fieldName);
    expect(names.map(found)).toEqual(names.map((name) => [name]));
    expect(names.map((name) => found(name.replace(/^spec\./, '')))).toEqual(names.map((name) => [name]));
  });

  it('is found by a path as problems write it, whatever the case', () => {
    expect([
      found('spec.external.routes[2].to'),
      found('backends.canary.labels'),
      found('spec.backends["canary"].Service.PORT'),
      found('backends.canary'),
    ]).toEqual([
      ['spec.external.routes[].to'],
      ['spec.backends.*.labels'],
      ['spec.backends.*.service.port'],
      ['spec.backends'],
    ]);
  });

  it('is each one whose path ends so, when no path is just so', () => {
    expect(found('match.headers')).toEqual([
      'spec.external.routes[].match.headers',
      'spec.internal.routes[].match.headers',
    ]);
    expect([found(''), found('.'), found('nothing.of.that')]).toEqual([[], [], []]);
  });
});

describe('the page of a problem code in a terminal', () => {
  it.each(Object.keys(problemCodes) as ProblemCode[])('%s: has no Markdown links and no notes for tests', (code) => {
    const page = problemPage(code);
    expect(page).not.toMatch(/\]\(|yields:|^```\w+ /m);
    expect(page.startsWith(`# ${code}: ${problemCodes[code].title}\n`)).toBe(true);
  });
});

it('the list without arguments has every code with its title', async () => {
  const terminal = memoryTerminal('/');
  expect(await runCli(['docs'], terminal)).toBe(0);
  const lines = Object.entries(problemCodes).map(([code, { title }]) => `  ${code}  ${title}`);
  expect(terminal.stdout().split('\n')).toEqual(expect.arrayContaining(['Problem codes:', ...lines]));
});

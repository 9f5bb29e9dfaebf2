/** `apptraffic docs` */
import type { CliCommand } from '../cli-command.ts';
import { problemCodes } from '../../model/problem-codes.ts';
import { nearestName } from '../../schema/nearest-name.ts';
import { exitCodes } from '../terminal.ts';
import type { ExitCode, Terminal } from '../terminal.ts';
import { fieldName, fieldPage } from './field-page.ts';
import { documentedFields, findFields } from './find-field.ts';
import { codeList, isProblemCode, problemPage } from './problem-page.ts';
import type { SchemaField } from './schema-field.ts';

const helpText = `
Nothing is looked up elsewhere: the pages are part of the program. A field may be written as problems write it, without
spec., or as the end of its path; then all that end so are printed. Without arguments: every code and what it means.

Examples:
  apptraffic docs AT0301
  apptraffic docs external.routes.timeout
  apptraffic docs retries.attempts`;

/** Prints the pages of problem codes and the reference of fields. */
export const docsCommand: CliCommand = (program, terminal, done) => {
  program
    .command('docs')
    .argument('[CODE|FIELD...]', 'Problem code, e.g. AT0301, or field, e.g. spec.external.hosts')
    .description('Explain a problem code or a field, offline')
    .addHelpText('after', helpText)
    .action((words: readonly string[]) => {
      done(docs(words, terminal));
    });
};

function docs(words: readonly string[], terminal: Terminal): ExitCode {
  if (words.length === 0) {
    terminal.out(`Problem codes:\n${codeList()}\nFields: apptraffic docs spec, apptraffic docs status\n`);
    return exitCodes.ok;
  }
  const fields = documentedFields();
  const answers = words.map((word) => ({ word, pages: pagesOf(word, fields) }));
  terminal.out(answers.flatMap(({ pages }) => pages).join('\n'));
  const unknown = answers.filter(({ pages }) => pages.length === 0);
  terminal.err(unknown.map(({ word }) => unknownWord(word, fields)).join(''));
  return unknown.length > 0 ? exitCodes.error : exitCodes.ok;
}

function pagesOf(word: string, fields: readonly SchemaField[]): readonly string[] {
  const code = word.toUpperCase();
  if (isProblemCode(code)) return [problemPage(code)];
  return findFields(word, fields).map((field) => fieldPage(field, fields));
}

function unknownWord(word: string, fields: readonly SchemaField[]): string {
  const near = nearestName(word, knownWords(fields));
  const fix =
    near === undefined ? 'apptraffic docs lists all codes, apptraffic docs spec the fields' : `did you mean ${near}?`;
  return `${word} is neither a problem code nor a field. Fix: ${fix}\n`;
}

/** Everything that finds a page: codes, whole paths, paths without `spec.`, last names. */
function knownWords(fields: readonly SchemaField[]): readonly string[] {
  const paths = fields.map(fieldName);
  const lastNames = paths.map((path) => path.replace(/^.*\./, ''));
  return [
    ...new Set([
      ...Object.keys(problemCodes),
      ...paths,
      ...paths.map((path) => path.replace(/^spec\./, '')),
      ...lastNames,
    ]),
  ];
}

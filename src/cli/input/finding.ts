/** Findings: what is wrong with the input and where, in the words that the user reads. */
import { compareText } from '../../kube/object-key.ts';
import type { ProblemCode } from '../../model/problem-codes.ts';
import { printable } from '../printable.ts';

/** A place in a file; line and column count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** One thing that is wrong. */
export type Finding = {
  readonly severity: 'Error' | 'Warning';
  /** Without line and column where it is about the file as a whole. */
  readonly position: Position | { readonly file: string };
  /** Absent: the input could not be read at all, so there is nothing that status could ever say. */
  readonly code?: ProblemCode;
  /** Which object, as `namespace/name`. */
  readonly object?: string;
  /** The field, e.g. `spec.external.routes[2].to`. */
  readonly field?: string;
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
};

/** The finding as one line that is safe to print: `file:line:column  Error  AT0201  field: message. Fix: fix.` */
export function findingLine({ severity, position, code, field, message, fix }: Finding): string {
  const place = 'line' in position ? `${position.file}:${position.line}:${position.column}` : position.file;
  const text = `${field === undefined ? '' : `${field}: `}${message}. Fix: ${fix}${/[.?!]$/.test(fix) ? '' : '.'}`;
  return printable([place, severity, ...(code === undefined ? [] : [code]), text].join('  '));
}

/** Where to read more about the codes of findings, as a line; empty where none has a code. */
export function moreAbout(findings: readonly Finding[]): string {
  const codes = new Set(findings.flatMap(({ code }) => (code === undefined ? [] : [code])));
  return codes.size === 0 ? '' : `read more: apptraffic docs ${[...codes].sort().join(' ')}\n`;
}

/** Orders findings by file, line and column, then code and text. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.position.file, b.position.file) ||
    lineOf(a) - lineOf(b) ||
    columnOf(a) - columnOf(b) ||
    compareText(a.code ?? '', b.code ?? '') ||
    compareText(a.message, b.message)
  );
}

function lineOf({ position }: Finding): number {
  return 'line' in position ? position.line : 0;
}

function columnOf({ position }: Finding): number {
  return 'line' in position ? position.column : 0;
}

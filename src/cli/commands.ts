/** Every command, in the order of the help text. */
import { admissionPolicyCommand } from './admission-policy/command.ts';
import type { CliCommand } from './cli-command.ts';
import { docsCommand } from './docs/command.ts';
import { explainCommand } from './explain/command.ts';
import { operatorCommand } from './operator/command.ts';
import { renderCommand } from './render.ts';
import { testCommand } from './route-test/command.ts';
import { validateCommand } from './validate.ts';
import { versionCommand } from './version.ts';

/** Every command; a new one is a file of its own and a line here. */
export const commands: readonly CliCommand[] = [
  renderCommand,
  validateCommand,
  explainCommand,
  testCommand,
  docsCommand,
  admissionPolicyCommand,
  operatorCommand,
  versionCommand,
];

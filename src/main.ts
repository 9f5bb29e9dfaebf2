/** The entry of the bundle: the first import refuses a Node that is too old, the rest runs the command that argv names. */
import './cli/refuse-old-node.ts';
import { runProcess } from './cli/run-process.ts';

void runProcess();

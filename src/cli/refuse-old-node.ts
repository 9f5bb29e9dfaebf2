/** Ends the process on a Node that is too old; imported before everything else, since that may need a newer one to load. */
import { nodeRefusal } from './node-version.ts';

const refusal = nodeRefusal(process.version);
if (refusal !== undefined) {
  process.stderr.write(refusal);
  process.exit(2);
}

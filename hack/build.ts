/** `node hack/build.ts`: writes the bundle to dist/apptraffic.cjs. */
import { join } from 'node:path';
import { bundle } from './bundle.ts';

await bundle(join(import.meta.dirname, '../dist/apptraffic.cjs'));

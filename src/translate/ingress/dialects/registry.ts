/** Every dialect; a new one is a file and a row here. */
import type { Dialect } from '../dialect.ts';
import { ingressNginx } from './ingress-nginx.ts';
import { plain } from './plain.ts';

/** All dialects, plain Ingress among them. */
export const dialects: readonly Dialect[] = [plain, ingressNginx];

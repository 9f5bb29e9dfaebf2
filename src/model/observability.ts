/** Observability: what the sidecars of an app's pods tell about requests. */
import type { At, Located } from './located.ts';

/** Which requests are logged. `Errors`: answers of 400 and above, and what failed without an answer. */
export type AccessLog = 'None' | 'Errors' | 'All';

/** What is asked for; what is absent is the mesh's own. At least one of the two is present. */
export type Observability = {
  readonly at: At;
  readonly accessLog?: Located<AccessLog>;
  /** Whole percent of the requests about which nobody has decided before. */
  readonly tracingPercent?: Located<number>;
};

/** Weights of a split that somebody else moves: live ones count, and those of the spec are for routes that are new. */
import type { Backend } from './backend.ts';

/** Who moves the weights of splits, beside the operator. */
export type WeightManager = 'ArgoRollouts';

/** A split whose weights are moved. */
export type MovedWeights = {
  readonly by: WeightManager;
  /** Backends of the split that the spec gives weight 0, sorted by name: they may get requests too. */
  readonly idle: readonly Backend[];
};

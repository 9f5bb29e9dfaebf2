/** Problems of settings that several routes share. */
import type { Problem } from '../model/problem.ts';

/** The first problem of each field: what is written once is told once. */
export function oncePerPlace(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ field }, i) => problems.findIndex((other) => other.field === field) === i);
}

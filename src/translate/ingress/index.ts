/** The Ingress target: everything of an app that an ingress controller serves. */
import type { ChildKind } from '../../kube/gvk.ts';
import { compareProblems, refuses } from '../../model/problem.ts';
import type { Problem } from '../../model/problem.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { connectionProblems } from '../connection-table.ts';
import type { Translation } from '../target.ts';
import { dialectFor, missingClass } from './choose-dialect.ts';
import { placeEdge } from './edge-features.ts';
import { hostPaths } from './host-paths.ts';
import { ingresses } from './ingresses.ts';
import { placeRoutes } from './placed-route.ts';
import { regexHostProblems } from './regex-hosts.ts';
import { unsafeTexts } from './safe-text.ts';

/** The kinds that this target renders. */
export const ingressKinds = ['Ingress'] as const satisfies readonly ChildKind[];

/**
 * The Ingresses of an app in its controller's dialect; none where a gateway serves the app, where it was granted no
 * host, or where a problem refuses it. Problems are sorted, each one told once.
 */
export function translateIngress(traffic: Traffic, world: World): Translation {
  const { app, external } = traffic;
  if (external?.edge.kind !== 'Ingress' || external.hosts.length + external.tcp.length === 0) {
    return { manifests: [], problems: [] };
  }
  const { edge } = external;
  const dialect = dialectFor(edge, world);
  const placed = placeRoutes(traffic, external.routes, dialect);
  const paths = hostPaths(external, placed.routes, dialect);
  const edgeParts = placeEdge(external, dialect);
  const problems = once([
    ...missingClass(edge, world),
    ...unsafeTexts(traffic, external, dialect),
    ...edgeParts.problems,
    ...placed.problems,
    ...connectionProblems(dialect.connections, traffic.connections.given, dialect.title),
    ...regexHostProblems(traffic, paths, dialect, world),
  ]);
  return { manifests: problems.some(refuses) ? [] : ingresses(paths, { app, edge, dialect, edgeParts }), problems };
}

/** Routes that inherit a field report it at the same place. */
function once(problems: readonly Problem[]): readonly Problem[] {
  const byText = new Map(
    problems.map((problem) => [JSON.stringify([problem.field, problem.code, problem.message]), problem]),
  );
  return [...byText.values()].sort(compareProblems);
}

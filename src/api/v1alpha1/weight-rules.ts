/** What weightsManagedBy: ArgoRollouts asks of the rest of a spec: the splits that Argo Rollouts can move, and nothing that rests on their weights. */
import { appBackend } from './backend.ts';
import type { FieldPath, Rule } from '../../schema/rule.ts';
import type { SpecFields } from './spec-fields.ts';

type Split = Readonly<Record<string, number>>;
type Side = 'external' | 'internal';
const sides = ['external', 'internal'] as const satisfies readonly Side[];

/** Argo Rollouts takes other subsets than its two out of a DestinationRule (UpdateHash in its rollout/trafficrouting/istio). */
const mostSubsets = 2;

const isMoved = "has(self.weightsManagedBy) && self.weightsManagedBy == 'ArgoRollouts'";
const whereMoved = (condition: string): string => `!(${isMoved}) || (${condition})`;

const someRoute = (side: Side, condition: string): string =>
  `has(self.${side}) && has(self.${side}.routes) && self.${side}.routes.exists(route, ${condition})`;
const everyRoute = (side: Side, condition: string): string =>
  `!has(self.${side}) || !has(self.${side}.routes) || self.${side}.routes.all(route, ${condition})`;

const canBeMoved = (split: string): string => `${split}.size() == 2 && !('${appBackend}' in ${split})`;

function isMovable(split: Split): boolean {
  return Object.keys(split).length === 2 && !Object.hasOwn(split, appBackend);
}

/** The faults of an app whose weights Argo Rollouts moves; none of another. */
function whenMoved(faults: (spec: SpecFields) => readonly FieldPath[]): (spec: SpecFields) => readonly FieldPath[] {
  return (spec) => (spec.weightsManagedBy === 'ArgoRollouts' ? faults(spec) : []);
}

type AnyRoute = { readonly split?: Split | undefined; readonly sticky?: object | undefined };

function routesOf(spec: SpecFields): readonly { readonly at: FieldPath; readonly route: AnyRoute }[] {
  return sides.flatMap((side) =>
    (spec[side]?.routes ?? []).map((route: AnyRoute, i) => ({ at: [side, 'routes', i], route })),
  );
}

const unmovable = {
  message: 'Argo Rollouts moves weights between two backends, of which app is none: it would change what app selects',
  fix: 'write a split of two backends, both by labels or both by service, or remove weightsManagedBy',
};

/** The rules that hold where Argo Rollouts moves the weights. */
export const weightRules: readonly Rule<SpecFields>[] = [
  {
    message: 'weightsManagedBy has no split whose weights could be moved',
    fix: 'write a split under spec or on a route, or remove weightsManagedBy',
    cel: whereMoved(
      ['has(self.split)', ...sides.map((side) => `(${someRoute(side, 'has(route.split)')})`)].join(' || '),
    ),
    faults: whenMoved((spec) =>
      spec.split !== undefined || routesOf(spec).some(({ route }) => route.split !== undefined)
        ? []
        : [['weightsManagedBy']],
    ),
  },
  {
    ...unmovable,
    cel: whereMoved(`!has(self.split) || (${canBeMoved('self.split')})`),
    faults: whenMoved(({ split }) => (split === undefined || isMovable(split) ? [] : [['split']])),
  },
  {
    ...unmovable,
    message: `${unmovable.message} (a route)`,
    cel: whereMoved(
      sides.map((side) => `(${everyRoute(side, `!has(route.split) || (${canBeMoved('route.split')})`)})`).join(' && '),
    ),
    faults: whenMoved((spec) =>
      routesOf(spec).flatMap(({ at, route: { split } }) =>
        split === undefined || isMovable(split) ? [] : [[...at, 'split']],
      ),
    ),
  },
  {
    message: `Argo Rollouts takes every other subset away, so there can be ${mostSubsets} backends by labels`,
    fix: 'give the other backends Services of their own, or remove weightsManagedBy',
    cel: whereMoved(
      `!has(self.backends) || self.backends.filter(name, has(self.backends[name].labels)).size() <= ${mostSubsets}`,
    ),
    faults: whenMoved(({ backends = {} }) => {
      const byLabels = Object.keys(backends).filter((name) => backends[name]?.labels !== undefined);
      return byLabels.slice(mostSubsets).map((name) => ['backends', name, 'labels']);
    }),
  },
  {
    message: 'sticky keeps visitors at a backend that Argo Rollouts may have taken the weight from',
    fix: 'remove sticky, or weightsManagedBy',
    cel: whereMoved(
      ['!has(self.sticky)', ...sides.map((side) => `(${everyRoute(side, '!has(route.sticky)')})`)].join(' && '),
    ),
    faults: whenMoved((spec) => [
      ...(spec.sticky === undefined ? [] : [['sticky']]),
      ...routesOf(spec).flatMap(({ at, route }) => (route.sticky === undefined ? [] : [[...at, 'sticky']])),
    ]),
  },
];

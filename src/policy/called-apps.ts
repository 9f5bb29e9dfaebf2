/** AT0608: apps under `calls` that the pods will not reach, although they are listed. */
import { calledApps as appsIn } from '../model/calls.ts';
import type { Called } from '../model/calls.ts';
import type { Problem } from '../model/problem.ts';
import type { Policy } from './policy.ts';

/** A Warning for each app that nobody has, and for each whose Service only stands for another name. */
export const calledApps: Policy = (traffic, world) => {
  const called = appsIn(traffic, world);
  return {
    problems: called.flatMap(problemOf),
    assumed: called.flatMap(({ service: { namespace, service }, state }) =>
      state === 'Assumed' && world.assumesPresent ? [`Service ${namespace}/${service}`] : [],
    ),
  };
};

function problemOf({ call: { namespace, app, at }, state }: Called): readonly Problem[] {
  if (state === 'Missing') {
    return [
      {
        code: 'AT0608',
        field: at,
        message: `calls names ${namespace}/${app}, and there is neither an AppTraffic nor a Service of that name`,
        fix: 'correct the name, or create the Service: pods may call it from then on',
      },
    ];
  }
  if (state !== 'Alias') return [];
  return [
    {
      code: 'AT0608',
      field: at,
      message: `calls names ${namespace}/${app}, whose Service only stands for another name (type ExternalName): no call gets through to it`,
      fix: 'have pods call by its own name what stands behind it, and list that: a host with its port, or an app',
    },
  ];
}

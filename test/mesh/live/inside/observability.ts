/** What sidecars of an app's pods log, and which requests they trace. */
import { echoOf, headerValues } from '../../../testbed/mesh/request.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { traceCollector } from '../../../testbed/mesh/istiod.ts';
import type { LiveApp, LiveCase } from '../live-case.ts';
import type { Stage } from '../stage.ts';

/** The namespace whose own Telemetry logs everything. */
export const loudNamespace = 'loud';

/** What the cases need of the platform. */
export const observabilitySettings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  telemetry: { tracingProvider: traceCollector.name },
};

const told = (observability: object): LiveApp => ({ name: 'told', spec: { port: 8080, observability } });
const hushed = (observability: object): LiveApp => ({
  name: 'hushed',
  namespace: loudNamespace,
  spec: { port: 8080, observability },
});

/** Sends a request from a pod with a sidecar; the answer is the app's own, with that status. */
async function asks({ send }: Stage, url: string, status = 200): Promise<void> {
  const answer = await send({ request: `GET http://${url}`, from: 'checkout' });
  expect({ url, status: answer.status }).toEqual({ url, status });
}

/** Resolves when the pod's access log tells of the path. */
async function logs({ pod }: Stage, name: string, path: string): Promise<string> {
  const log = (): string => pod(name).proxy?.accessLog() ?? '';
  await eventually(`${name} logs ${path}`, () => log().includes(`"GET ${path}`));
  return log();
}

/** What the app's pod sees of the decision about the trace. */
async function sampled({ send }: Stage, headers: readonly (readonly [string, string])[] = []): Promise<unknown> {
  const answer = await send({ request: 'GET http://told.team/traced', from: 'checkout', headers });
  return headerValues(echoOf(answer).headers, 'x-b3-sampled');
}

/** The cases. They change their app: what is not logged is known once a later request is. */
export const observabilityCases: readonly LiveCase[] = [
  {
    title: 'the access log holds what failed, or everything',
    proves: ['observability.accessLog=Errors', 'observability.accessLog=All'],
    apps: [told({ accessLog: 'Errors', tracing: { percent: 0 } })],
    run: async (stage) => {
      await asks(stage, 'told.team/one');
      await asks(stage, 'told.team/two?echo-status=404', 404);
      await asks(stage, 'told.team/three?echo-status=503', 503);
      expect(await logs(stage, 'told', '/three')).not.toContain('/one');
      await logs(stage, 'told', '/two');
      await stage.serve([told({ accessLog: 'All', tracing: { percent: 0 } })]);
      await asks(stage, 'told.team/four');
      await logs(stage, 'told', '/four');
    },
  },
  {
    title:
      'nothing is logged although the namespace logs everything, and without accessLog what the namespace says holds',
    proves: ['observability.accessLog=None'],
    apps: [hushed({ accessLog: 'None' })],
    run: async (stage) => {
      await asks(stage, `hushed.${loudNamespace}/one`);
      await stage.serve([hushed({ tracing: { percent: 0 } })]);
      await asks(stage, `hushed.${loudNamespace}/two`);
      expect(await logs(stage, 'hushed', '/two')).not.toContain('/one');
    },
  },
  {
    title: 'that share of requests is traced of which nobody has decided before',
    proves: ['observability.tracing.percent'],
    run: async (stage) => {
      await stage.serve([told({ tracing: { percent: 0 } })]);
      expect(await sampled(stage)).toEqual(['0']);
      const decided = [
        ['x-b3-traceid', '463ac35c9f6413ad48485a3953bb6124'],
        ['x-b3-spanid', 'a2fb4a1d1a96d312'],
        ['x-b3-sampled', '1'],
      ] as const;
      expect(await sampled(stage, decided)).toEqual(['1']);
      await stage.serve([told({ tracing: { percent: 100 } })]);
      expect(await sampled(stage)).toEqual(['1']);
    },
  },
];

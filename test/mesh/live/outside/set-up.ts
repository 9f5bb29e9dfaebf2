/** What cases outside play on: settings, pods and certificates. */
import type { Mesh } from '../../../testbed/mesh/mesh.ts';
import { createStage } from '../stage.ts';
import type { Stage } from '../stage.ts';

const workload = {
  namespace: 'istio-system',
  selector: { istio: 'ingressgateway' },
  serviceAccount: 'istio-ingressgateway-service-account',
};

/** Settings of the operator: a named gateway beside the default one, and a Service of another namespace. */
export const outsideSettings = {
  apiVersion: 'config.apptraffic.dev/v1alpha1',
  kind: 'OperatorSettings',
  gateways: [
    { ...workload, default: true },
    { ...workload, name: 'public' },
  ],
  backends: { grants: [{ from: 'team', to: 'common', services: ['search'] }] },
};

/** Starts what the cases need. */
export async function setUpOutside(mesh: Mesh): Promise<Stage> {
  await Promise.all(['team', 'common'].map((name) => mesh.namespace(name)));
  await Promise.all(
    ['v1', 'v2'].map((version) =>
      mesh.pod({ namespace: 'team', name: `shop-${version}`, labels: { app: 'shop', version } }),
    ),
  );
  return createStage(mesh, { settings: outsideSettings });
}

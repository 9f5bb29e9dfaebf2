/** What the gateway's own Envoy holds of an app: for what shows in answers only by the clock, or not at all. */
import { field } from '../../../testbed/kube-object.ts';
import type { Stage } from '../stage.ts';

/** The cluster of all pods of `team/name` on port 80 as the gateway's Envoy has it; undefined: it has none. */
export async function gatewayCluster({ mesh }: Stage, name: string): Promise<unknown> {
  const page: unknown = JSON.parse(
    (await mesh.gateways[0]?.proxy.admin('/config_dump?resource=dynamic_active_clusters')) ?? '',
  );
  const clusters = field(page, 'configs') as readonly unknown[];
  const own = clusters.find((one) => field(one, 'cluster', 'name') === `outbound|80||${name}.team.svc.cluster.local`);
  return field(own, 'cluster');
}

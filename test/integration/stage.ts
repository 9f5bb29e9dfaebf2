/** A stage for tests of the operator: a control plane with the CRDs and the shipped roles, a counting proxy, the operator behind it. */
import { certificateCrdFile, istioCrdFile } from '../../hack/toolchain/istio-module.ts';
import type { ControlPlane, ControlPlaneOptions } from '../testbed/control-plane.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import { condition, field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { install } from '../testbed/install.ts';
import { startOperator } from '../testbed/operator.ts';
import type { Operator, OperatorOptions } from '../testbed/operator.ts';
import { startProxy } from '../testbed/proxy/proxy.ts';
import type { Proxy } from '../testbed/proxy/proxy.ts';

/** Under whom the operator runs: the shipped ServiceAccount. */
export const operatorAccount = { namespace: 'apptraffic-system', name: 'apptraffic-controller' };

/** What differs from the plain stage. */
export type StageOptions = Pick<ControlPlaneOptions, 'audit' | 'apiServerFlags'> & {
  /** Default true: Istio's CRDs are installed from the start, and cert-manager's; nobody makes certificates. */
  readonly istio?: boolean;
  /** Flags and settings of the operator; `false`: no operator is started. */
  readonly operator?: Pick<OperatorOptions, 'flags' | 'settings'> | false;
};

/** A stage. */
export type Stage = {
  readonly plane: ControlPlane;
  readonly proxy: Proxy;
  /** The operator that runs now; throws when none does. */
  readonly operator: () => Operator;
  /** Starts (another) operator behind the stage's proxy, or behind `through`. */
  readonly startOperator: (options?: Partial<OperatorOptions> & { readonly through?: Proxy }) => Promise<Operator>;
  /** SIGKILL. What the operator had sent and the server has not got by now never reaches it. */
  readonly killOperator: () => Promise<void>;
  /** For afterEach: a test that failed halfway leaves no fault of the proxy behind, and an operator runs. */
  readonly recover: () => Promise<void>;
  /** Makes a namespace; `mesh`: with sidecar injection. */
  readonly namespace: (name: string, options?: { readonly mesh?: boolean }) => Promise<void>;
  /** Applies an AppTraffic by server-side apply, as GitOps tools do, and returns it. */
  readonly app: (namespace: string, name: string, spec: object) => Promise<KubeObject>;
  /** Resolves once status speaks of the object's generation and `isIt` holds. */
  readonly settled: (app: KubeObject, isIt?: (app: KubeObject) => boolean) => Promise<KubeObject>;
  /** Resolves once the app is Ready at its generation. */
  readonly ready: (app: KubeObject) => Promise<KubeObject>;
  readonly stop: () => Promise<void>;
};

/** Whether status speaks of the object's own generation. */
export function isObserved(app: KubeObject): boolean {
  return field(app, 'status', 'observedGeneration') === field(app, 'metadata', 'generation');
}

/** Whether the Event is about the AppTraffic; Kubernetes itself tells of Services of the same name. */
export function isAboutApp(event: KubeObject, app: string): boolean {
  return field(event, 'regarding', 'kind') === 'AppTraffic' && field(event, 'regarding', 'name') === app;
}

/** Sets the stage. */
export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const { audit, apiServerFlags, istio = true } = options;
  const plane = await startControlPlane({
    crds: ['crds/apptraffics.apptraffic.dev.yaml', ...(istio ? [istioCrdFile(), certificateCrdFile()] : [])],
    ...(audit === undefined ? {} : { audit }),
    ...(apiServerFlags === undefined ? {} : { apiServerFlags }),
  });
  try {
    await install(plane, options.operator === false ? undefined : options.operator?.settings);
    const proxy = await startProxy(plane);
    return await withOperator(plane, proxy, options);
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

async function withOperator(plane: ControlPlane, proxy: Proxy, options: StageOptions): Promise<Stage> {
  let current: Operator | undefined;
  const start: Stage['startOperator'] = async ({ through = proxy, ...more } = {}) => {
    const kubeconfig = more.kubeconfig ?? (await through.kubeconfigFor({ serviceAccount: operatorAccount }));
    current = await startOperator(plane, {
      kubeconfig,
      ...(options.operator === false ? {} : options.operator),
      ...more,
    });
    return current;
  };
  const operator = (): Operator => {
    if (current === undefined) throw new Error('no operator runs on this stage');
    return current;
  };
  if (options.operator !== false) await start();
  const settled: Stage['settled'] = (app, isIt = () => true) =>
    plane.api.waitFor(app, (found) => found !== undefined && isObserved(found) && isIt(found));
  return {
    plane,
    proxy,
    startOperator: start,
    settled,
    operator,
    killOperator: async () => {
      await operator().kill();
      proxy.dropClients();
    },
    recover: async () => {
      proxy.heal();
      if (current?.isRunning() === false) await start();
    },
    namespace: async (name, { mesh = true } = {}) => {
      const labels = mesh ? { 'istio-injection': 'enabled' } : {};
      await plane.api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    },
    app: (namespace, name, spec) =>
      plane.api.apply(
        { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', metadata: { namespace, name }, spec },
        { fieldManager: 'gitops', force: true },
      ),
    ready: (app) => settled(app, (found) => condition(found, 'Ready')?.status === 'True'),
    stop: () => plane.stop(),
  };
}

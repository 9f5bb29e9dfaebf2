/** Platform settings for tests of the operator: quick, and with gateways to name. */

/** OperatorSettings with short times, unless `more` says otherwise. */
export function quickSettings(more: object = {}): object {
  return {
    apiVersion: 'config.apptraffic.dev/v1alpha1',
    kind: 'OperatorSettings',
    settle: '200ms',
    drainPeriod: '1s',
    ...more,
  };
}

/** The gateway that generated ones select, and one that apps may name: istio-ingress/public. */
export const offeredGateways: readonly object[] = [
  { namespace: 'istio-system', selector: { istio: 'ingressgateway' }, serviceAccount: 'gateway', default: true },
  { name: 'public', namespace: 'istio-ingress', selector: { istio: 'ingress' }, serviceAccount: 'ingress' },
];

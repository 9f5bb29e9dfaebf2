/** AT0609: sidecars that know nothing but what is listed would refuse their whole configuration where that names another Service. */
import { entryPolicyOf } from '../model/entry-policy.ts';
import type { Located } from '../model/located.ts';
import type { Policy } from './policy.ts';

/** The provider that is built into the mesh and sends to nobody (istio.io, MeshConfig.extensionProviders). */
const ownLog = 'envoy';

/**
 * Refuses `calls` beside traces, logs that go elsewhere, and who is asked about requests from outside, until the platform has said which Services are behind
 * providers: then the list is taken at its word.
 */
export const providersListed: Policy = ({ internal, observability, external }, { platform }) => {
  if (internal?.calls === undefined || platform.calls.always !== undefined) return { problems: [] };
  const { accessLog, tracingPercent } = observability ?? {};
  const sent: readonly (readonly [string, Located<unknown> | undefined])[] = [
    ['traces', tracingPercent],
    ['access logs', sendsLogs(accessLog, platform.telemetry.accessLogProvider) ? accessLog : undefined],
    ['questions to the external provider', entryPolicyOf(external)?.provider],
  ];
  return {
    problems: sent.flatMap(([what, asked]) =>
      asked === undefined
        ? []
        : [
            {
              code: 'AT0609',
              field: asked.at,
              message: `with calls, sidecars know only what is listed, and the platform has not said to which Service ${what} go: a sidecar refuses a configuration with a Service that it does not know`,
              fix: 'ask the platform team to list the Services behind its providers (settings, calls.always; an empty list where there are none), or remove it',
            },
          ],
    ),
  };
};

function sendsLogs(log: Located<string> | undefined, provider: string): boolean {
  return log !== undefined && log.value !== 'None' && provider !== ownLog;
}

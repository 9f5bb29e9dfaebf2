/** The Telemetry of the app's pods: what their sidecars log and trace. */
import type { Telemetry, TelemetryAccessLogging, TelemetryTracing } from '../../generated/istio/telemetry.ts';
import { childName } from '../../kube/identity.ts';
import type { AccessLog } from '../../model/observability.ts';
import type { Platform } from '../../model/platform.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { World } from '../../model/world.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';

/** What failed without an answer has no code; Envoy then says why in flags. A part that is not there does not hide the other one. */
const failed = 'response.code >= 400 || response.flags != 0';

/** One Telemetry where observability asks for anything; Istio takes the most specific one for each of its fields. */
export function translateTelemetry(traffic: Traffic, { platform }: World): Translation {
  const { app, selector, observability } = traffic;
  if (observability === undefined) return { manifests: [], problems: [] };
  const { accessLog, tracingPercent } = observability;
  const manifest: Telemetry = {
    apiVersion: 'telemetry.istio.io/v1',
    kind: 'Telemetry',
    metadata: childMetadata(app, childName('Telemetry', app.name, [])),
    spec: {
      selector: { matchLabels: selector },
      ...(accessLog === undefined ? {} : { accessLogging: [logging(accessLog.value, platform)] }),
      ...(tracingPercent === undefined ? {} : { tracing: [tracing(tracingPercent.value, platform)] }),
    },
  };
  return { manifests: [manifest], problems: [] };
}

/** A provider must be named: without a default one in the mesh nothing would be logged. */
function logging(log: AccessLog, { telemetry }: Platform): TelemetryAccessLogging {
  if (log === 'None') return { disabled: true };
  const providers = [{ name: telemetry.accessLogProvider }];
  return { providers, ...(log === 'Errors' ? { filter: { expression: failed } } : {}) };
}

function tracing(percent: number, { telemetry: { tracingProvider } }: Platform): TelemetryTracing {
  return {
    ...(tracingProvider === undefined ? {} : { providers: [{ name: tracingProvider }] }),
    randomSamplingPercentage: percent,
  };
}

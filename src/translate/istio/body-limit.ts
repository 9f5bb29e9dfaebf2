/** The EnvoyFilter of the app's pods: their sidecars answer 413 to requests from outside whose body is too large. */
import type { EnvoyFilter } from '../../generated/istio/envoy-filter.ts';
import { childName } from '../../kube/identity.ts';
import type { AppRef, Traffic } from '../../model/traffic.ts';
import { bodyLimitAtPods } from '../../model/body-limit.ts';
import { childMetadata } from '../metadata.ts';
import type { Translation } from '../target.ts';
import { bodyLimitProblems } from './body-limit-problems.ts';
import { beforeRouter, cameThrough, header, not, skippedWhere, typed } from './inbound-filter.ts';
import type { EnvoyConfig } from './inbound-filter.ts';

/** After the EnvoyFilters that say nothing of it (0): what they put in stands before the limit. */
const priority = 10;

/** One EnvoyFilter where Istio serves hosts of an app that limits bodies. */
export function translateBodyLimit(traffic: Traffic): Translation {
  const { app, selector, external } = traffic;
  const limit = bodyLimitAtPods(external);
  if (external === undefined || limit === undefined) return { manifests: [], problems: [] };
  const manifest: EnvoyFilter = {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: childMetadata(app, childName('EnvoyFilter', app.name, [])),
    spec: {
      workloadSelector: { labels: selector },
      priority,
      configPatches: limitFilters(limit.value, app).map(beforeRouter),
    },
  };
  return { manifests: [manifest], problems: bodyLimitProblems(external, traffic) };
}

/**
 * Envoy's buffer reads the body and answers 413 as soon as it is too large; but what comes last it does not count, which over
 * HTTP/2 may be a whole frame. It tells the length of what it has read, so the script behind it sees whether it is too much.
 */
function limitFilters(bytes: number, app: AppRef): readonly EnvoyConfig[] {
  const buffer = typed('envoy.extensions.filters.http.buffer.v3.Buffer', { max_request_bytes: bytes });
  const script = typed('envoy.extensions.filters.http.lua.v3.Lua', {
    default_source_code: { inline_string: refusalAbove(bytes) },
  });
  return [
    forRequestsOf(app, 'apptraffic.body-limit', { name: 'envoy.filters.http.buffer', typed_config: buffer }),
    forRequestsOf(app, 'apptraffic.body-length', { name: 'envoy.filters.http.lua', typed_config: script }),
  ];
}

function refusalAbove(bytes: number): string {
  return [
    'function envoy_on_request(request)',
    '  local length = tonumber(request:headers():get("content-length"))',
    `  if length ~= nil and length > ${bytes} then`,
    '    request:respond({[":status"] = "413"}, "Payload Too Large")',
    '  end',
    'end',
    '',
  ].join('\n');
}

/** A filter that is passed by where the request is none that the limit is for. */
function forRequestsOf(app: AppRef, name: string, extension: EnvoyConfig): EnvoyConfig {
  return skippedWhere([not(cameThrough(app)), opensWebsocket], name, extension);
}

/** It never has a whole body, and Envoy lets nothing behind its headers through before the pod has agreed. */
const opensWebsocket = header('upgrade', { exact: 'websocket', ignore_case: true });

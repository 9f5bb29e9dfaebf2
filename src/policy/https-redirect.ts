/** AT0102: plain http can only be sent to https where https is served. */
import { gatewayEntryOf, servesTls } from '../model/tls-served.ts';
import type { Policy } from './policy.ts';

/** Refuses `httpsRedirect: true` without TLS; a gateway that the platform does not offer is another policy's. */
export const httpsRedirect: Policy = ({ external }, { platform }) => {
  if (external?.httpsRedirect?.value !== true || servesTls(external, platform)) return { problems: [] };
  const isNamed = external.edge.kind === 'NamedGateway';
  if (isNamed && gatewayEntryOf(external.edge, platform) === undefined) return { problems: [] };
  return {
    problems: [
      {
        code: 'AT0102',
        field: external.httpsRedirect.at,
        message: 'httpsRedirect is true, but the hosts are not served over TLS',
        fix: isNamed
          ? 'name a gateway that serves TLS, or set httpsRedirect to false'
          : 'add external.tls.secretName, or set httpsRedirect to false',
      },
    ],
  };
};

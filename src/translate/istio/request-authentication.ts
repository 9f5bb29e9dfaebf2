/** The RequestAuthentication of the app's pods: which tokens are taken. */
import type { RequestAuthentication } from '../../generated/istio/request-authentication.ts';
import { childName } from '../../kube/identity.ts';
import type { JwtRule } from '../../model/auth.ts';
import type { Traffic } from '../../model/traffic.ts';
import { childMetadata } from '../metadata.ts';

/** Where alone a token may stand: left to itself, Istio also takes one from the query. */
const places = [{ name: 'Authorization', prefix: 'Bearer ' }];

/**
 * A request without a token passes it, and one whose token is not of these is answered with 401, whoever sends it: Istio
 * knows no routes here.
 */
export function requestAuthentication({ app, selector }: Traffic, jwt: readonly JwtRule[]): RequestAuthentication {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: childMetadata(app, childName('RequestAuthentication', app.name, [])),
    spec: {
      selector: { matchLabels: selector },
      jwtRules: jwt.map(({ issuer, jwksUri, audiences, forward }) => ({
        issuer,
        jwksUri,
        ...(audiences.length === 0 ? {} : { audiences }),
        fromHeaders: places,
        ...(forward ? { forwardOriginalToken: true } : {}),
      })),
    },
  };
}

/** What becomes of TLS before anybody sees a request. */
import type { Platform } from '../model/platform.ts';
import { gatewayEntryOf, servesTls } from '../model/tls-served.ts';
import type { Holder } from './held-host.ts';
import type { Deed } from './passage.ts';
import { appOf } from './stage.ts';
import type { Stage } from './stage.ts';

/** Without a certificate nobody answers: not even a status. */
export function noTls(stage: Stage): Deed | undefined {
  const { platform, request } = stage.question;
  if (request.scheme === 'http') return undefined;
  if (stage.deciding.some(({ holder }) => takesHttps(holder, platform))) return undefined;
  const why = `no TLS is served for ${stage.host}, so an https request gets no answer`;
  return { ...appOf(stage), outcome: 'notFound', why, notes: [] };
}

/** A client that speaks older versions of TLS only: the handshake fails. */
export function oldTls(stage: Stage): Deed | undefined {
  const { scheme, tlsVersion } = stage.question.request;
  if (scheme === 'http' || tlsVersion === undefined) return undefined;
  const [wanted] = stage.deciding.flatMap(({ holder: { external } }) => external.minTlsVersion?.value ?? []);
  if (wanted === undefined || tlsVersion >= wanted) return undefined;
  const why = `${stage.host} takes TLS ${wanted} at least, and the client speaks ${tlsVersion}: no connection comes about`;
  return { ...appOf(stage), outcome: 'notFound', why, notes: [] };
}

/** A client that cannot show what the app asks for: the handshake fails. */
export function noCertificate(stage: Stage): Deed | undefined {
  const { scheme, clientCertificate } = stage.question.request;
  const isAsked = stage.deciding.some(({ holder: { external } }) => external.clientCa !== undefined);
  if (scheme === 'http' || !isAsked || clientCertificate === 'Trusted') return undefined;
  const shown = clientCertificate === undefined ? 'shows none' : 'shows another';
  const why = `${stage.host} takes clients with a certificate of clientCA alone, and this one ${shown}: no connection comes about`;
  return { ...appOf(stage), outcome: 'notFound', why, notes: [] };
}

/** TLS that ends before the gateway is https to the client. */
function takesHttps({ external }: Holder, platform: Pick<Platform, 'gateways'>): boolean {
  const { edge } = external;
  const entry =
    edge.kind === 'GeneratedGateway' ? platform.gateways.find((one) => one.default) : gatewayEntryOf(edge, platform);
  return servesTls(external, platform) || entry?.tlsTerminatedBefore === true;
}

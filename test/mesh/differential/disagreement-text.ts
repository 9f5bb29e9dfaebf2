/** A disagreement as text: the specs, the request, what was decided and what was seen. */
import { stringify } from 'yaml';
import { isConnection } from './connections.ts';
import type { Ask } from './regressions.ts';
import type { Disagreement, Report } from './run.ts';

/** As a regression case is written, with what was seen in comments. */
export function disagreementText({ world, ask, decision, expected, observed, differences }: Disagreement): string {
  const comments = [
    ...differences,
    `decided: ${decision.outcome} ${decision.status ?? ''} route ${decision.route ?? '(none)'}: ${decision.why}`,
    `expected: ${JSON.stringify(expected)}`,
    `seen: ${JSON.stringify(observed)}`,
  ];
  const document = {
    title: `${world.layout} ${world.name}`,
    apps: world.apps.map(({ metadata, spec }) => ({ metadata, spec })),
    ...(Object.keys(world.grants).length === 0 ? {} : { grants: world.grants }),
    asks: [writtenAsk(ask)],
  };
  return `${comments.map((line) => `# ${line}`).join('\n')}\n${stringify(document)}`;
}

/** Who asks for what, in one line. */
export function askText(ask: Disagreement['ask']): string {
  const { request, connect, from } = writtenAsk(ask);
  return `${request ?? connect ?? ''}${from === undefined ? '' : ` from ${from}`}`;
}

/** As it stands in a case, without what it gets. */
function writtenAsk(ask: Disagreement['ask']): Omit<Ask, 'gets'> {
  const { caller, to } = ask;
  const from = caller === undefined ? {} : { from: `${caller.namespace}/${caller.serviceAccount}` };
  const at = typeof to === 'object' ? { to: `${to.app.namespace}/${to.app.name}:${to.port}` } : {};
  if (isConnection(ask)) return { connect: ask.authority, ...from, ...at };
  const { method, scheme, authority, path, query, headers } = ask.request;
  const { tlsVersion, clientCertificate, bodyBytes, clientIp } = ask.request;
  return {
    request: `${method} ${scheme}://${authority}${path}${query}`,
    ...(headers.length === 0 ? {} : { headers: headers.map(({ name, value }) => `${name}: ${value}`) }),
    ...(tlsVersion === undefined ? {} : { tlsVersion }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(bodyBytes === undefined ? {} : { bodyBytes }),
    ...(clientIp === undefined ? {} : { clientIp }),
    ...from,
    ...at,
  };
}

/** The numbers of a run in one line. */
export function reportText({
  worlds,
  pairs,
  connections,
  failing,
  splits,
  mirrors,
  faults,
  disagreements,
}: Report): string {
  return `${worlds} worlds, ${pairs} pairs and ${connections} connections compared, ${failing} pairs failing on purpose, ${splits} splits, ${mirrors} mirrors and ${faults} faults counted: ${disagreements.length} disagreements`;
}

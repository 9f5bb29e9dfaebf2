/** A disagreement as text: the specs, the request, what was decided and what was seen. */
import { stringify } from 'yaml';
import type { Disagreement, Report } from './run.ts';

/** As a regression case is written, with what was seen in comments. */
export function disagreementText({ world, pair, decision, expected, observed, differences }: Disagreement): string {
  const { request, caller, to } = pair;
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
    asks: [
      {
        request: `${request.method} ${request.scheme}://${request.authority}${request.path}${request.query}`,
        ...(request.headers.length === 0
          ? {}
          : { headers: request.headers.map(({ name, value }) => `${name}: ${value}`) }),
        ...(request.tlsVersion === undefined ? {} : { tlsVersion: request.tlsVersion }),
        ...(caller === undefined ? {} : { from: `${caller.namespace}/${caller.serviceAccount}` }),
        ...(typeof to === 'object' ? { to: `${to.app.namespace}/${to.app.name}` } : {}),
      },
    ],
  };
  return `${comments.map((line) => `# ${line}`).join('\n')}\n${stringify(document)}`;
}

/** The numbers of a run in one line. */
export function reportText({ worlds, pairs, failing, splits, mirrors, faults, disagreements }: Report): string {
  return `${worlds} worlds, ${pairs} pairs compared, ${failing} of them failing on purpose, ${splits} splits, ${mirrors} mirrors and ${faults} faults counted: ${disagreements.length} disagreements`;
}

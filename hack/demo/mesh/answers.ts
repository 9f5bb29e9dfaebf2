/** Answers: the one that `explain` foretells and the one that came, in the same words. */
import type { DecisionJson } from '../../../src/cli/question/decision-json.ts';
import { field } from '../../../test/testbed/kube-object.ts';
import { echoOf, headerValues } from '../../../test/testbed/mesh/request.ts';
import type { Answer } from '../../../test/testbed/mesh/request.ts';
import { sampleObject } from '../sample.ts';

/** An answer in words. A foretold one has a wording for each backend that may give it. */
export type Foretold = { readonly text: string; readonly wordings: readonly string[] };

const served = (backend: string, path: string): string => `200 from ${backend}, sees ${path}`;

/** What a decision lets the caller see. */
export function foretell({ outcome, status, backends, location, rewrite }: DecisionJson): Foretold {
  if (outcome === 'route') {
    const path = rewrite.path ?? '';
    const names = backends.map(({ name }) => name).sort();
    return { text: served(names.join(' or '), path), wordings: names.map((name) => served(name, path)) };
  }
  const text = status === null ? 'connection reset' : `${status}${location === null ? '' : ` to ${location}`}`;
  return { text, wordings: [text] };
}

/** The shop's backend whose pods have that label `version`. */
export function backendOf(version: string): string {
  const backends = (field(sampleObject('AppTraffic'), 'spec', 'backends') ?? {}) as Readonly<Record<string, unknown>>;
  const found = Object.keys(backends).find((name) => field(backends[name], 'labels', 'version') === version);
  return found ?? `pods of version ${version}`;
}

/** What came, in the words of `foretell`. */
export function wordsFor(answer: Answer): string {
  if (answer.connectionError !== undefined) {
    return answer.connectionError === 'ECONNRESET' ? 'connection reset' : `no answer: ${answer.connectionError}`;
  }
  if (answer.status === 200) {
    const { version, path } = echoOf(answer);
    return served(backendOf(version), path);
  }
  const [location] = headerValues(answer.headers, 'location');
  return `${answer.status}${location === undefined ? '' : ` to ${location}`}`;
}

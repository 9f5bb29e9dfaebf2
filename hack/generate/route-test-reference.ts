/** Makes the reference of RouteTest and of its reports. */
import { allowedCounts, confidencePercent } from '../../src/cli/route-test/judge-split.ts';
import { routeTest, routeTestApiVersion, routeTestKind } from '../../src/cli/route-test/route-test-document.ts';
import { fieldsAndRules } from './field-table.ts';
import type { GeneratedFile } from './generated-files.ts';
import { schemaOf } from '../../src/cli/docs/schema-node.ts';

const intro = `<!-- GENERATED from src/cli/route-test by hack/generate; do not edit. -->
# RouteTest

A RouteTest lists requests and what is expected of them. It is no object of a cluster: \`apptraffic test\` reads it, and
other commands pass it over. A file may hold several, also beside AppTraffics. How to begin: [Test routes](../how-to/test-routes.md).

\`\`\`yaml
apiVersion: ${routeTestApiVersion}
kind: ${routeTestKind}
files: [shop.yaml]
cases:
  - name: beta users get the canary
    request:
      url: https://shop.example.com/cart
      headers: [{name: x-beta, value: "1"}]
    expect: {backend: canary}
  - name: nobody but checkout may call
    request: {url: http://shop.shop.svc.cluster.local/, from: shop/blog}
    expect: {outcome: deny, status: 403}
\`\`\`

\`[]\` is an element of a list, \`.*\` a value of a map. Durations are a whole number and a unit: \`250ms\`, \`5s\`, \`10m\`, \`1h\`.
Every fault is told with file, line and fix, all at once; then nothing is judged.
`;

const tenth = allowedCounts(400, 10, 2);

const reports = `## What is judged

Without \`--live\` every expectation is compared with what the AppTraffics say. Only the status of a backend stays open: it is judged with \`--live\` alone where the case says
that a backend answers (outcome \`route\`, \`backend\` or \`backends\`), and fails where it does not.

With \`--live\` the request is sent over HTTP/1.1, its path byte for byte, and the answer is judged:

| expectation | judged by |
|---|---|
| \`status\`, \`location\` | the answer |
| \`outcome\` | the backend that \`live.backend\` tells: then it is \`route\`. Otherwise the status: 3xx with a Location is \`redirect\`, 401 \`unauthorized\`, 403 \`deny\`, 413 \`deny\` or \`respond\`, 404 \`notFound\`, any other \`respond\`, and without \`live.backend\` also \`route\` |
| \`backend\`, \`backends\` | \`live.backend\` of \`--samples\` answers, counted |
| \`path\`, \`host\`, \`requestHeaders\` | \`live.path\`, \`live.host\`, \`live.requestHeaders\` |
| \`app\`, \`route\` | the header x-apptraffic-route, which gateways of Istio set, by \`live.requestHeaders\` |
| \`timeout\`, \`retries\` | not judged |

What cannot be judged is listed with the reason and counted apart, never as passed; a case of which nothing can be judged is
\`Not judged\`. So are calls from the mesh (\`from\`), URLs of Services (one label, or with \`.svc\`), URLs for whose scheme \`--live\` names no
address, CONNECT, certificates of clients (\`clientCertificate\`) without \`--cert\` and \`--key\`, and those of another authority.
A request without an answer fails its case, but for one over https of which \`outcome: notFound\` is expected: where the gateway closes the
connection, that holds. A case that is counted passes only if every answer is as expected.

Weights hold if every count lies where ${confidencePercent}% of all counts lie that the weights would give (exact binomial
distribution; the error is shared out among the backends). The report names count and bounds: with 400 answers a weight of
10 beside one of 90 stands for ${tenth.least} to ${tenth.most} of them. The draws must be independent of each other, as those of Envoy are.

## The report as JSON

\`-o json\` prints one object; every key is always there.

| key | value |
|---|---|
| \`passed\` \`failed\` \`notJudged\` | number of cases |
| \`expectationsNotJudged\` | number of expectations that were not judged in the other cases |
| \`cases[]\` | \`suite\` (metadata.name, else the file), \`file\`, \`line\`, \`column\`, \`name\`, \`request\` {\`method\`, \`url\`, \`headers\`, \`from\`} |
| \`cases[].result\` | \`Pass\`, \`Fail\` or \`NotJudged\` |
| \`cases[].expectations[]\` | \`field\`, \`result\` (\`Holds\`, \`Fails\` or \`NotJudged\`), \`expected\`, \`got\` as text; of what is not judged, \`got\` is the reason |
| \`cases[].reasons[]\` | what decided, as sentences; none with \`--live\` |
| \`cases[].decision\` | the whole answer, key by key, as [decision](decision.md) says; null with \`--live\` |
| \`findings[]\` | problems of the input: \`file\`, \`line\`, \`column\`, \`severity\`, \`code\`, \`object\`, \`field\`, \`message\`, \`fix\` |

\`-o junit\` prints the XML that CI systems read: a suite for each document, \`skipped\` for a case that is not judged, and errors of
the input as a suite of their own.

## Exit codes

0: every case that could be judged passed, and there was one. 1: a case failed, or an AppTraffic has an error. 2: nothing
was shown: faulty input or flags, no case, or none that could be judged.
`;

/** The reference as Markdown. */
export function routeTestReferenceFile(): GeneratedFile {
  const text = [intro, ...fieldsAndRules(schemaOf(routeTest, 'draft-07')), reports].join('\n');
  return { path: 'docs/reference/route-test.md', text };
}

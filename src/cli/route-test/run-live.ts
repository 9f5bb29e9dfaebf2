/** Judges RouteTests by what a real gateway answers. */
import { readAuthority } from '../../decide/authority.ts';
import type { HttpRequest } from '../../decide/request.ts';
import { observe } from './answer.ts';
import { askGateway } from './ask-gateway.ts';
import type { Asked, Bounds } from './ask-gateway.ts';
import { verdictOf } from './case-result.ts';
import type { CaseResult } from './case-result.ts';
import { judgeAnswers } from './judge-answers.ts';
import { judge, splitOf, wishesOf } from './judgement.ts';
import type { Judgement } from './judgement.ts';
import type { LiveAddress } from './live-address.ts';
import type { RouteTestSource } from './read-route-tests.ts';
import type { RequestFields } from './request-fields.ts';
import type { RouteCase } from './route-test-document.ts';
import { httpRequest } from './request-fields.ts';
import { openLine } from './send-request.ts';
import type { Line, Trust } from './send-request.ts';

/** How a gateway is asked. */
export type LiveOptions = {
  /** At most one for each scheme. */
  readonly addresses: readonly LiveAddress[];
  readonly trust: Trust;
  readonly bounds: Bounds;
};

/** Sends the cases, one after another, and judges the answers. */
export async function runLive(
  sources: readonly RouteTestSource[],
  { addresses, trust, bounds }: LiveOptions,
): Promise<readonly CaseResult[]> {
  const lines = addresses.map((address) => openLine(address, trust, bounds.atOnce));
  const results: CaseResult[] = [];
  try {
    for (const source of sources) {
      for (const [at, one] of source.test.cases.entries()) {
        const judgements = await judgeCase(one, source, { lines, bounds });
        results.push({
          suite: source.suite,
          position: source.positionOf(['cases', at]),
          name: one.name,
          request: one.request,
          verdict: verdictOf(judgements),
          judgements,
          reasons: [],
        });
      }
    }
  } finally {
    for (const { agent } of lines) agent.destroy();
  }
  return results;
}

async function judgeCase(
  one: RouteCase,
  { test: { live = {} } }: RouteTestSource,
  { lines, bounds }: { readonly lines: readonly Line[]; readonly bounds: Bounds },
): Promise<readonly Judgement[]> {
  const { expect, request } = one;
  const asked = httpRequest(request);
  const line = lines.find(({ address }) => address.scheme === asked.scheme);
  const obstacle = obstacleTo(request, asked, line);
  if (line === undefined || obstacle !== undefined) {
    const got = obstacle ?? `--live names no ${asked.scheme} address`;
    return wishesOf(expect).map(({ field, wanted }) => ({ field, expected: wanted, verdict: 'NotJudged', got }));
  }
  const isCounted = splitOf(expect) !== undefined && live.backend !== undefined;
  const { answers, failure, isClosed } = await askGateway(line, asked, {
    ...bounds,
    samples: isCounted ? bounds.samples : 1,
  });
  if (failure !== undefined) {
    const isRefused = isClosed === true && answers.length === 0 && asked.scheme === 'https';
    return isRefused && expect.outcome === 'notFound' ? refused(expect) : [noAnswer(failure, { answers })];
  }
  return judgeAnswers(
    expect,
    live,
    answers.map((answer) => observe(answer, live)),
  );
}

/** Names of Services that no DNS outside the cluster knows. */
const inCluster = /^[a-z0-9-]+$|\.svc(?:\.|$)/;

/** Why the request cannot be sent through a gateway; undefined: it can. */
function obstacleTo(
  { from, clientIp, claims }: RequestFields,
  { method, authority, clientCertificate }: HttpRequest,
  line: Line | undefined,
): string | undefined {
  if (from !== undefined && from !== 'internet') return 'a caller in the mesh does not come through the gateway';
  if (clientIp !== undefined) return 'the request comes from the address of this machine';
  if (claims !== undefined) return 'nobody here could sign such a token: write it into the header authorization';
  if (inCluster.test(readAuthority(authority).host)) return 'the URL is that of a Service, not of the gateway';
  if (clientCertificate === 'Other') return 'a certificate of another authority is not shown';
  if (clientCertificate === 'Trusted' && line !== undefined && line.client === undefined) {
    return 'without --cert and --key no certificate can be shown';
  }
  return method === 'CONNECT' ? 'CONNECT is not sent' : undefined;
}

/** Over https a gateway that refuses the client ends the connection without a status: nothing takes the request. */
function refused(expect: RouteCase['expect']): readonly Judgement[] {
  return wishesOf(expect).map((wish) => judge(wish, { is: wish.field === 'outcome' ? ['notFound'] : [] }));
}

function noAnswer(failure: string, { answers }: Asked): Judgement {
  const count = answers.length === 0 ? '' : ` after ${answers.length} answers`;
  return { field: 'answer', verdict: 'Fails', expected: 'an answer', got: `${failure}${count}` };
}

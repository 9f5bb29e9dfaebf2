import { join } from 'node:path';
import { assert, asyncProperty } from 'fast-check';
import { rulesOf } from '../../hack/generate/structural.ts';
import { children, zodSchema } from '../../src/cli/docs/schema-node.ts';
import type { SchemaNode } from '../../src/cli/docs/schema-node.ts';
import { parseAppTraffic } from '../../src/api/v1alpha1/parse.ts';
import { anySpec } from '../schema/arbitrary.ts';
import { appTrafficOf, boundaries, fullest } from '../schema/boundaries.ts';
import { schemaCases } from '../schema/cases.ts';
import { startControlPlane } from '../testbed/control-plane.ts';
import type { ControlPlane } from '../testbed/control-plane.ts';
import { field } from '../testbed/kube-object.ts';

const crd = join(import.meta.dirname, '../../crds/apptraffics.apptraffic.dev.yaml');
const collection = '/apis/apptraffic.dev/v1alpha1/namespaces/default/apptraffics';

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane({ controllers: false, crds: [crd] });
}, 60_000);
afterAll(async () => {
  await plane.stop();
});

type Verdict = { readonly status: number; readonly message: string };

/** What the API server says about creating the object, without creating it. */
async function judge(object: unknown): Promise<Verdict> {
  const path = `${collection}?dryRun=All&fieldValidation=Strict&fieldManager=test`;
  const { status, body } = await plane.api.request({ method: 'POST', path, body: object });
  const message = field(body, 'message');
  return { status, message: typeof message === 'string' ? message : '' };
}

function celMessages(node: SchemaNode): readonly string[] {
  return [...rulesOf(node).map(({ message }) => message), ...children(node).flatMap(([, child]) => celMessages(child))];
}

/** The server checks rules only on objects whose fields are known and of the right types. */
const sawRules = ({ message }: Verdict): boolean =>
  !message.includes('strict decoding error') && !message.includes('some validation rules were not checked');

describe('the API server', () => {
  test.each(schemaCases('valid'))('accepts what zod accepts: $title', async ({ value }) => {
    expect(await judge(value)).toEqual({ status: 201, message: '' });
  });

  const messages = celMessages(zodSchema('openapi-3.0'));

  test.each(schemaCases('invalid'))(
    'refuses what zod refuses, in the same words: $title',
    async ({ value, refused }) => {
      const verdict = await judge(value);
      expect([400, 422]).toContain(verdict.status);
      const ruled = messages.filter((message) => refused.some((line) => line.endsWith(`: ${message}`)));
      expect(sawRules(verdict) ? ruled.filter((message) => !verdict.message.includes(message)) : []).toEqual([]);
    },
  );

  test.each(boundaries)('ends where zod ends, at $title', async ({ inside, beyond }) => {
    expect(await judge(appTrafficOf(inside))).toEqual({ status: 201, message: '' });
    expect(await judge(appTrafficOf(beyond))).toMatchObject({ status: 422 });
  });

  test('judges the fullest object within its CEL budget', async () => {
    expect(parseAppTraffic(appTrafficOf(fullest)).ok).toBe(true);
    expect(await judge(appTrafficOf(fullest))).toEqual({ status: 201, message: '' });
  });

  test('gives the verdict of zod on any spec', async () => {
    await assert(
      asyncProperty(anySpec, async (spec) => {
        const { status, message } = await judge(appTrafficOf(spec));
        expect({ spec, message, accepted: status === 201 }).toEqual({
          spec,
          message,
          accepted: parseAppTraffic(appTrafficOf(spec)).ok,
        });
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test('reads an allow list without a value as none, which is why zod refuses it', async () => {
    const object = appTrafficOf({ port: 80, internal: { allow: null } }, 'null-allow');
    const { status, body } = await plane.api.request({
      method: 'POST',
      path: `${collection}?dryRun=All`,
      body: object,
    });
    expect([status, field(body, 'spec', 'internal')]).toEqual([201, {}]);
  });
});

describe('an AppTraffic on the API server', () => {
  const fresh = { apiVersion: 'apptraffic.dev/v1alpha1', kind: 'AppTraffic', metadata: { name: 'fresh' } };

  test('has a status from the start that says it was not looked at, and keeps a spec without defaults', async () => {
    const made = await plane.api.create({ ...fresh, spec: { port: 8080 } });
    expect({ spec: made.spec, status: made.status }).toEqual({
      spec: { port: 8080 },
      status: { observedGeneration: -1 },
    });
  });

  test('is listed under its short name and its category, with the columns of its status', async () => {
    await plane.api.apply({ ...fresh, metadata: { name: 'shown' }, spec: { port: 8080 } });
    const status = {
      observedGeneration: 1,
      url: 'https://shop.example.com',
      columns: {
        hosts: 'shop.example.com',
        split: 'stable 90, canary 10',
        children: '7/7',
        provider: 'Istio',
        mtls: 'Strict',
      },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          observedGeneration: 1,
          lastTransitionTime: '2026-11-21T10:00:00Z',
          reason: 'Programmed',
          message: 'all good',
        },
      ],
    };
    await plane.api.apply({ ...fresh, metadata: { name: 'shown' }, status }, { subresource: 'status' });
    const words = (out: string): readonly string[] => out.trim().split(/ {2,}/);
    const wide = await plane.kubectl(['get', 'at', 'shown', '-o', 'wide', '--no-headers']);
    expect(words(wide).filter((_, at) => at !== 6)).toEqual([
      'shown',
      'True',
      'Programmed',
      'shop.example.com',
      'stable 90, canary 10',
      '7/7',
      'Istio',
      'Strict',
      'https://shop.example.com',
      'all good',
    ]);
    const narrow = await plane.kubectl(['get', 'networking', 'shown']);
    expect(words(narrow.split('\n')[0] ?? '')).toEqual([
      'NAME',
      'READY',
      'REASON',
      'HOSTS',
      'SPLIT',
      'CHILDREN',
      'AGE',
    ]);
  });

  test('explains its fields to kubectl', async () => {
    const explained = await plane.kubectl(['explain', 'apptraffic.spec.internal.mtls.exceptPorts']);
    expect(explained.replaceAll(/\s+/g, ' ')).toContain(
      'Container ports that also take plaintext; allow still holds on them. Becomes PeerAuthentication.spec.portLevelMtls. Default: none.',
    );
  });

  test('takes a split as a whole from whoever applies it last', async () => {
    const object = { ...fresh, metadata: { name: 'merged' } };
    const backends = { v1: { labels: { version: 'v1' } }, v2: { labels: { version: 'v2' } } };
    await plane.api.apply({ ...object, spec: { port: 8080, backends, split: { v1: 90, v2: 10 } } });
    const made = await plane.api.apply({ ...object, spec: { split: { app: 100 } } }, { fieldManager: 'other' });
    expect(field(made, 'spec')).toEqual({ port: 8080, backends, split: { app: 100 } });
  });

  test('merges ports and routes by name and hosts as a set', async () => {
    const object = { ...fresh, metadata: { name: 'lists' } };
    const specOf = (n: number): unknown => ({
      ports: [{ name: `p${n}`, port: n }],
      external: { hosts: [`h${n}.example.com`], routes: [{ name: `r${n}` }] },
    });
    await plane.api.apply({ ...object, spec: specOf(1) });
    const made = await plane.api.apply({ ...object, spec: specOf(2) }, { fieldManager: 'other' });
    expect(field(made, 'spec')).toEqual({
      ports: [
        { name: 'p1', port: 1 },
        { name: 'p2', port: 2 },
      ],
      external: { hosts: ['h1.example.com', 'h2.example.com'], routes: [{ name: 'r1' }, { name: 'r2' }] },
    });
  });
});

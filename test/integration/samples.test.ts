import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { goldenCases } from '../golden/cases.ts';
import { readManifests } from '../testbed/crds.ts';
import { field } from '../testbed/kube-object.ts';
import type { KubeObject } from '../testbed/kube-object.ts';
import { KubectlFailure } from '../testbed/kubectl.ts';
import { holdRequest } from '../testbed/proxy/injections.ts';
import { childrenOf, conditionsOf, readyConditions } from './app-view.ts';
import { startStage } from './stage.ts';
import type { Stage } from './stage.ts';

jest.setTimeout(120_000);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.stop());

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
const isApp = ({ kind }: KubeObject): boolean => kind === 'AppTraffic';

async function ensureNamespaces(objects: readonly KubeObject[]): Promise<void> {
  for (const name of new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))) {
    await stage.plane.api.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      { fieldManager: 'ensured' },
    );
  }
}

const cases = goldenCases()
  .map(({ name, folder, cwd, input }) => ({ name, input: join(cwd, input), manifests: join(folder, 'manifests.yaml') }))
  .filter(({ manifests }) => existsSync(manifests));

describe('the API server', () => {
  it.each(cases)('accepts every field of every object of the golden case $name', async ({ manifests }) => {
    const objects = readManifests([manifests]);
    await ensureNamespaces(objects);
    const verdicts = objects.map((object) =>
      stage.plane.api.apply(object, { dryRun: true, fieldManager: 'apptraffic-controller' }).then(
        () => `${nameOf(object)} accepted`,
        (error: Error) => `${nameOf(object)} ${error.message}`,
      ),
    );
    expect(objects.length).toBeGreaterThan(0);
    expect(await Promise.all(verdicts)).toEqual(objects.map((object) => `${nameOf(object)} accepted`));
  });
});

/** The Services that samples refer to and do not bring. */
const brought: Readonly<Record<string, KubeObject>> = {
  'samples/two-hosts-rewrite': {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'two-hosts', name: 'api-service' },
    spec: { selector: { app: 'api-service' }, ports: [{ port: 8080 }] },
  },
};

/** What an apply of the golden objects by the operator's name would leave; equal to what is there: nothing differs. */
async function wouldBe(golden: readonly KubeObject[], live: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  const applied = golden.map((object) => {
    const { ownerReferences } = live.find((one) => nameOf(one) === nameOf(object))?.metadata ?? {};
    const manifest = {
      ...object,
      metadata: { ...object.metadata, ...(ownerReferences === undefined ? {} : { ownerReferences }) },
    };
    return stage.plane.api.apply(manifest, { dryRun: true, fieldManager: 'apptraffic-controller', force: false });
  });
  return Promise.all(applied);
}

describe('a sample', () => {
  const samples = cases.filter(({ name }) => name.startsWith('samples/'));

  it.each(samples)('ends Ready as exactly its golden objects: $name', async ({ name, input, manifests }) => {
    const objects = readManifests([input]);
    const golden = readManifests([manifests]);
    await ensureNamespaces(objects);
    for (const object of objects) await stage.plane.api.apply(object);
    const apps = objects.filter(isApp);
    const missing = brought[name];
    if (missing !== undefined) {
      for (const app of apps) {
        const waiting = await stage.settled(app);
        expect(conditionsOf(waiting)).toEqual([
          'Ready False BackendNotFound',
          'Accepted True Accepted',
          'ResolvedRefs False BackendNotFound',
          'Programmed True Programmed',
          'Reconciling True Progressing',
        ]);
      }
      await stage.plane.api.create(missing);
    }
    for (const app of apps) expect(conditionsOf(await stage.ready(app))).toEqual(readyConditions);
    const live = (
      await Promise.all(apps.map(({ metadata }) => childrenOf(stage.plane, metadata.namespace ?? '', metadata.name)))
    ).flat();
    expect(live.map(nameOf).sort()).toEqual(golden.map(nameOf).sort());
    const sorted = golden.map((object) => live.find((one) => nameOf(one) === nameOf(object)));
    expect(await wouldBe(golden, live)).toEqual(sorted);
    for (const object of objects) if (object.kind !== 'Namespace') await stage.plane.api.delete(object);
    for (const app of apps) await stage.plane.api.waitGone(app);
  });
});

/** The rows of a table that kubectl printed, cells between bars; AGE as `age` where it is one. */
function tableOf(text: string): readonly string[] {
  const [head = '', ...rows] = text.trimEnd().split('\n');
  const starts = [...head.matchAll(/\S+/g)].map(({ index }) => index);
  const cells = (line: string): readonly string[] => starts.map((start, i) => line.slice(start, starts[i + 1]).trim());
  const age = cells(head).indexOf('AGE');
  const shown = rows.map((row) => cells(row).map((cell, i) => (i === age && /^\d+s$/.test(cell) ? 'age' : cell)));
  return [cells(head), ...shown].map((row) => row.join(' | '));
}

describe('kubectl', () => {
  const namespace = 'seen';
  beforeAll(async () => {
    await stage.namespace(namespace);
    await stage.ready(
      await stage.app(namespace, 'shop', {
        port: 8080,
        backends: { stable: { labels: { version: 'v1' } }, canary: { labels: { version: 'v2' } } },
        split: { stable: 90, canary: 10 },
        external: { hosts: ['shop.example.com', 'www.example.com', 'm.example.com'], tls: { secretName: 'seen-tls' } },
        internal: { mtls: { mode: 'Strict' }, allow: [{ app: 'checkout' }] },
      }),
    );
    await stage.ready(await stage.app(namespace, 'inner', { port: 8080 }));
    const refused = await stage.app(namespace, 'refused', {
      port: 8080,
      external: { hosts: ['refused.example.com'], tls: { secretName: 'other-tls' } },
    });
    await stage.settled(refused);
    const half = { port: 8080, external: { hosts: ['shop.example.com', 'half.example.com'] } };
    await stage.settled(await stage.app(namespace, 'half', half));
    await stage.ready(await stage.app(namespace, 'turned', { port: 80, external: { hosts: ['turned.example.com'] } }));
    const faulty = { hosts: ['other.example.com'], httpsRedirect: true };
    await stage.settled(await stage.app(namespace, 'turned', { port: 80, external: faulty }));
  });

  it('get prints a row for each app: what is in effect, not what was refused', async () => {
    expect(tableOf(await stage.plane.kubectl(['get', 'apptraffic', '-n', namespace]))).toEqual([
      'NAME | READY | REASON | HOSTS | SPLIT | CHILDREN | AGE',
      'half | False | HostConflict | half.example.com |  | 3/3 | age',
      'inner | True | Ready |  |  | 1/1 | age',
      'refused | False | RefNotPermitted |  |  |  | age',
      'shop | True | Ready | m.example.com,shop.example.com +1 | canary 10 / stable 90 | 7/7 | age',
      'turned | False | InvalidSpec | turned.example.com |  |  | age',
    ]);
  });

  it('get -o wide adds the provider, mutual TLS, the address and why', async () => {
    const wide = tableOf(await stage.plane.kubectl(['get', 'at', '-n', namespace, '-o', 'wide']));
    expect(wide.map((row) => row.replace(/^(.* \| age) \| /, ''))).toEqual([
      'NAME | READY | REASON | HOSTS | SPLIT | CHILDREN | AGE | PROVIDER | MTLS | URL | MESSAGE',
      'Istio |  | http://half.example.com | spec.external.hosts[0]: host shop.example.com is held by app shop, and a Gateway ' +
        'generated for one app cannot share its hosts; name the same gateway in external.gateway of both apps, or use another host',
      ' |  |  | Service only',
      " |  |  | spec.external.tls: Secret other-tls lives in the gateway's namespace and namespace seen may not use it there; " +
        'name the Secret seen-other-tls, or ask the platform team for secrets.grants {namespace: seen, names: [other-tls]}',
      'Istio | Strict | https://m.example.com | 3 hosts, 1 route, mTLS Strict, 1 caller',
      'Istio |  | http://turned.example.com | spec.external.httpsRedirect: httpsRedirect is true, but the hosts are not served ' +
        'over TLS; add external.tls.secretName, or set httpsRedirect to false',
    ]);
  });

  it('wait for Ready after an edit waits until status speaks of the edit', async () => {
    const wait = (timeout: string): Promise<string> =>
      stage.plane
        .kubectl(['wait', 'apptraffic/inner', '-n', namespace, '--for=condition=Ready', `--timeout=${timeout}`])
        .catch((error: unknown) => (error instanceof KubectlFailure ? error.stderr : String(error)));
    const met = 'apptraffic.apptraffic.dev/inner condition met\n';
    expect(await wait('20s')).toBe(met);
    const held = stage.proxy.inject({ verb: 'apply', subresource: 'status', name: 'inner' }, holdRequest);
    const edited = await stage.app(namespace, 'inner', { port: 9090 });
    expect(await wait('2s')).toBe('error: timed out waiting for the condition on apptraffics/inner\n');
    const waiting = wait('20s');
    held.release();
    expect(await waiting).toBe(met);
    const seen = await stage.plane.api.get(edited);
    expect(field(seen, 'status', 'observedGeneration')).toBe(edited.metadata.generation);
  });
});

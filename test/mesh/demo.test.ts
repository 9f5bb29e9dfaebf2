import { execFile } from 'node:child_process';
import { dirname, delimiter } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from '../../hack/toolchain/location.ts';
import { createDemoPlace } from '../testbed/demo-process.ts';
import type { Echo } from '../testbed/mesh/echo.ts';
import { startRun } from '../testbed/run.ts';

jest.setTimeout(300_000);

const run = startRun();
const place = createDemoPlace(run);
const path = [dirname(programPath('kubectl')), process.env.PATH ?? ''].join(delimiter);

afterAll(async () => {
  place.remove();
  await run.end();
});

/** The lines of the output, cells of tables between bars; what chance decides is masked. */
function linesOf(stdout: string): readonly string[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) =>
      line
        .replace(/ {2,}/g, ' | ')
        .replace(/(?<=% \| )\d+ \| [0-9.]+%(?= \| )/, 'N | N%')
        .replace(/^\d+(?= requests while)/, 'N')
        .replace(/(?<= \| 200 from )(canary|stable)(?=, )/, 'ONE'),
    );
}

const shown = [
  'FROM | REQUEST | EXPLAIN SAYS | THE MESH SAYS | AGREES',
  'the internet | GET https://shop.example.com/cart | 200 from canary or stable, sees /cart | 200 from ONE, sees /cart | yes',
  'the internet | GET https://shop.example.com/cart/%2e%2e/item?id=7 | 200 from canary or stable, sees /item | 200 from ONE, sees /item | yes',
  'the internet | GET http://shop.example.com/cart?id=7 | 308 to https://shop.example.com/cart?id=7 | 308 to https://shop.example.com/cart?id=7 | yes',
  'the internet | GET http://shop.example.org/ | 404 | 404 | yes',
  'checkout | GET http://shop.shop.svc.cluster.local/ | 200 from canary or stable, sees / | 200 from ONE, sees / | yes',
  'blog | GET http://shop.shop.svc.cluster.local/ | 403 | 403 | yes',
  'stranger, in plaintext | GET http://shop.shop.svc.cluster.local/ | connection reset | connection reset | yes',
  '',
  'Of 1000 requests GET https://shop.example.com/',
  'BACKEND | WEIGHT | COUNT | SHARE | THE WEIGHT EXPLAINS',
  'canary | 10% | N | N% | 56 to 151',
  'stable | 90% | N | N% | 849 to 944',
  '',
  `$ kubectl patch apptraffic shop -n shop --type=merge -p '{"spec":{"split":{"stable":50,"canary":50}}}'`,
  'apptraffic.apptraffic.dev/shop patched',
  'N requests while it changed, one after another: all answered with 200.',
  '',
  'Of 1000 requests GET https://shop.example.com/',
  'BACKEND | WEIGHT | COUNT | SHARE | THE WEIGHT EXPLAINS',
  'canary | 50% | N | N% | 421 to 579',
  'stable | 50% | N | N% | 421 to 579',
];

/** What a line that the demo printed does in another terminal. */
async function typed(line: string): Promise<string> {
  const cwd = place.temporary;
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd, env: { PATH: path, HOME: cwd } }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ stdout: stdout + stderr }),
  );
  return stdout;
}

describe('make demo-mesh', () => {
  it('shows that the mesh does what explain says, ends with ONCE=1, and leaves nothing', async () => {
    const demo = place.start('demo-mesh', ['ONCE=1'], path);
    expect([await demo.ended, demo.stderr()]).toEqual([0, expect.stringContaining('stopped and removed') as string]);
    expect(linesOf(demo.stdout())).toEqual(shown);
    expect(place.left()).toEqual([]);
  });

  it('stays up until Ctrl-C with command lines that work, then leaves nothing', async () => {
    const demo = place.start('demo-mesh', [], path);
    await demo.says('the connection is reset:\n');
    await demo.says('8080/\n');
    const [heading = '', kubeconfig = '', get = '', patch = '', ...rest] = demo
      .stdout()
      .slice(demo.stdout().indexOf('It stays up'))
      .trim()
      .split('\n');
    expect(heading).toBe('It stays up until Ctrl-C. In another terminal, as root:');
    const [outside = '', inside = '', plain = ''] = rest.filter((line) => line.startsWith('  nsenter '));
    expect(await typed(`${kubeconfig}\n${get}`)).toMatch(
      /\nshop +True +Ready +shop\.example\.com +canary 50 \/ stable 50 /,
    );
    expect(await typed(`${kubeconfig}\n${patch}`)).toBe('apptraffic.apptraffic.dev/shop patched\n');
    expect(JSON.parse(await typed(outside)) as Echo).toMatchObject({ host: 'shop.example.com', path: '/cart' });
    expect(JSON.parse(await typed(inside)) as Echo).toMatchObject({
      host: 'shop.shop.svc.cluster.local',
      path: '/cart',
    });
    expect(await typed(plain)).toContain('reset by peer');
    demo.interrupt();
    await demo.ended;
    expect(place.left()).toEqual([]);
  });

  it('says in one line what it needs, where it is not run by root', async () => {
    const asNobody = ['--user', '--', process.execPath, 'hack/demo/mesh/main.ts'];
    const failure = await promisify(execFile)('unshare', asNobody).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'demo: the mesh is made of network namespaces, so it needs Linux and root: sudo make demo-mesh\n',
    });
  });
});

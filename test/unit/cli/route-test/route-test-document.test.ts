import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { routeTest } from '../../../../src/cli/route-test/route-test-document.ts';
import { runCli } from '../../../../src/cli/program.ts';
import { read } from '../../../../src/schema/read.ts';
import { memoryTerminal } from '../memory-terminal.ts';

const head = 'apiVersion: cli.apptraffic.dev/v1alpha1\nkind: RouteTest\n';
const one = 'request: {url: http://shop.example.com/}, expect: {outcome: notFound}';

function issues(text: string): readonly string[] {
  const reading = read(routeTest, parse(head + text));
  return reading.ok ? [] : reading.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a RouteTest', () => {
  it('is what the reference shows', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/reference/route-test.md'), 'utf8');
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect(read(routeTest, parse(text))).toMatchObject({ ok: true, value: { files: ['shop.yaml'] } });
  });

  it('has at least one case, and each has a name of its own', () => {
    expect(issues('cases: []')).toEqual(['cases: has too few entries']);
    expect(issues('')).toEqual(['cases: is required']);
    expect(issues(`cases: [{name: a, ${one}}, {name: b, ${one}}, {name: a, ${one}}]`)).toEqual([
      'cases.2.name: two cases have one name',
    ]);
  });

  it('expects something in every case', () => {
    expect(issues('cases: [{name: a, request: {url: http://a.example.com/}, expect: {}}]')).toEqual([
      'cases.0.expect: nothing is expected, so the case could never fail',
    ]);
    expect(issues('cases: [{name: a, request: {url: http://a.example.com/}}]')).toEqual([
      'cases.0.expect: is required',
    ]);
  });

  it('takes requests byte for byte, and names in any language', () => {
    expect(
      issues(`cases:
  - name: Ärger mit /..;x
    request:
      method: PROPFIND
      url: HTTP://Shop.Example.com.:8080/..;x/%zz//\\?a=b?c
      headers: [{name: x-empty, value: ""}, {name: X-Empty, value: a b}]
      from: internet
    expect: {status: 404}`),
    ).toEqual([]);
  });

  it('may come through standard input, beside what it is judged against', async () => {
    const app = 'apiVersion: apptraffic.dev/v1alpha1\nkind: AppTraffic\nmetadata: {name: shop}\nspec: {port: 80}\n';
    const terminal = memoryTerminal('/', `${app}---\n${head}cases: [{name: a, ${one}}]\n`);
    expect(await runCli(['test', '-f', '-'], terminal)).toBe(0);
    expect(terminal.stdout()).toBe(
      'stdin:\nRESULT   NAME   REQUEST\nPass     a      GET http://shop.example.com/\n\n1 passed, 0 failed\n',
    );
  });
});

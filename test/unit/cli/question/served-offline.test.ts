import { readInput } from '../../../../src/cli/input/read-input.ts';
import { readRequest } from '../../../../src/cli/question/read-request.ts';
import { servedOffline } from '../../../../src/cli/question/served-offline.ts';
import { decide } from '../../../../src/decide/decide.ts';
import { builtInPlatform } from '../../../../src/settings/platform.ts';
import { memoryTerminal } from '../memory-terminal.ts';

const app = (name: string, spec: string): string =>
  `apiVersion: apptraffic.dev/v1alpha1\nkind: AppTraffic\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;

/** What is served of some documents. */
async function servedOf(...documents: readonly string[]) {
  const input = await readInput(['-'], 'default', memoryTerminal('/', documents.join('---\n')));
  return servedOffline(input, builtInPlatform(), '2026-01-02T03:04:05Z');
}

describe('what the input serves', () => {
  it('answers a request to it', async () => {
    const { served } = await servedOf(app('shop', '{port: 8080, external: {hosts: [shop.example.com]}}'));
    const request = readRequest({ method: 'GET', url: 'http://shop.example.com/a', headers: [] });
    expect(request.ok && decide({ ...served, request: request.value, caller: undefined })).toMatchObject({
      app: { namespace: 'shop', name: 'shop' },
      outcome: 'route',
      route: 'default',
    });
  });

  it('leaves out what is refused, and knows its ServiceAccount and its Service nonetheless', async () => {
    const { served, refused } = await servedOf(
      app(
        'other',
        '{port: 8080, app: {serviceAccount: robot}, external: {hosts: [a.example.com], gateway: edge/unknown}}',
      ),
      app('faulty', '{port: 8080, prot: 1}'),
      app('shop', '{port: 8080}'),
    );
    expect({ apps: served.apps.map(({ traffic }) => traffic.app.name), accounts: served.accounts, refused }).toEqual({
      apps: ['shop'],
      accounts: [
        { app: { namespace: 'shop', name: 'other' }, serviceAccount: 'robot', service: 'other' },
        { app: { namespace: 'shop', name: 'shop' }, serviceAccount: 'shop', service: 'shop' },
      ],
      refused: [
        { namespace: 'shop', name: 'faulty' },
        { namespace: 'shop', name: 'other' },
      ],
    });
  });

  it('leaves out an app of which another one has an object: it would serve in part', async () => {
    const { served, refused } = await servedOf(
      app('shop', '{port: 8080, external: {hosts: [shop.example.com]}}'),
      app(
        'shop-istio',
        '{port: 8080, external: {hosts: [a.example.com]}, internal: {routes: [{name: all, timeout: 5s}]}}',
      ),
      app('web', '{port: 8080, service: {name: shop}, external: {hosts: [web.example.com]}}'),
    );
    expect({ apps: served.apps.map(({ traffic }) => traffic.app.name), refused }).toEqual({
      apps: ['shop'],
      refused: [
        { namespace: 'shop', name: 'shop-istio' },
        { namespace: 'shop', name: 'web' },
      ],
    });
  });
});

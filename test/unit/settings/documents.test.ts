import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ingressClasses } from '../../../src/settings/ingress-class.ts';
import { readPlatform } from '../../../src/settings/platform.ts';
import { dialects } from '../../../src/translate/ingress/dialects/registry.ts';

const root = join(__dirname, '../../..');

describe('settings that the project ships', () => {
  it('are valid in the deployment', () => {
    const text = readFileSync(join(root, 'config/manager/settings.yaml'), 'utf8');
    expect(readPlatform(parse(text))).toMatchObject({ ok: true, value: { provider: 'Istio' } });
  });

  it('are valid in the reference', () => {
    const page = readFileSync(join(root, 'docs/reference/settings.md'), 'utf8');
    const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    expect(readPlatform(parse(text))).toMatchObject({
      ok: true,
      value: {
        gateways: [{ name: 'public', default: true }],
        hosts: { policy: 'Delegated', grants: [{ namespace: 'shop' }] },
      },
    });
  });
});

describe('the dialects that settings can name', () => {
  it('are the dialects that there are', () => {
    expect(ingressClasses.element.shape.dialect.unwrap().options).toEqual(dialects.map(({ name }) => name));
  });
});

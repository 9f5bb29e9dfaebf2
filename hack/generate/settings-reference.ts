/** Makes the reference of the platform's settings and of the operator's flags. */
import { operatorFlagNames, operatorFlags } from '../../src/settings/flags.ts';
import { operatorSettings, settingsApiVersion, settingsKind } from '../../src/settings/operator-settings.ts';
import { fieldsAndRules } from './field-table.ts';
import type { GeneratedFile } from './generated-files.ts';
import { schemaOf } from '../../src/cli/docs/schema-node.ts';

function flagLine(name: (typeof operatorFlagNames)[number]): string {
  const { does, fallback, placeholder } = operatorFlags[name];
  const flag = placeholder === undefined ? `--${name}` : `--${name}=${placeholder}`;
  return `| \`${flag}\` | ${fallback === undefined || fallback === '' ? '' : `\`${fallback}\``} | ${does}. |`;
}

/** The reference as Markdown. */
export function settingsReferenceFile(): GeneratedFile {
  const schema = schemaOf(operatorSettings, 'draft-07');
  const text = [
    '<!-- GENERATED from src/settings by hack/generate; do not edit. -->',
    '# Settings and flags of the operator',
    '',
    `The platform team decides once for all apps, in a document of kind \`${settingsKind}\` that operator and CLI read alike`,
    '(`--settings FILE`). Without a file the defaults below hold. Unknown fields are errors; all problems are reported at once,',
    'and the operator then ends with exit code 2. Settings are read once: a change of them rolls the Deployment.',
    '',
    '```yaml',
    `apiVersion: ${settingsApiVersion}`,
    `kind: ${settingsKind}`,
    'provider: Istio',
    'gateways:',
    '  - name: public',
    '    namespace: istio-ingress',
    '    selector: {istio: ingress}',
    '    serviceAccount: istio-ingress',
    '    tls: true',
    'hosts:',
    '  policy: Delegated',
    '  grants:',
    '    - namespace: shop',
    '      hosts: [shop.example.com, "*.shop.example.com"]',
    '```',
    '',
    '`[]` is an element of a list, `.*` a value of a map. Durations are a whole number and a unit: `250ms`, `5s`, `10m`, `1h`.',
    '',
    ...fieldsAndRules(schema),
    '## Flags of `apptraffic operator`',
    '',
    'Flags say how the process runs. A faulty flag ends it with exit code 2, after all problems were reported.',
    '',
    '| flag | default | meaning |',
    '|---|---|---|',
    ...operatorFlagNames.map(flagLine),
    '',
    '`--lease-duration` is at least 1s longer than `--renew-deadline`: what lies between is the time that a write may take, so that',
    'the last write of a leader ends before the next one leads. `--renew-deadline` is longer than 1.2 times `--retry-period`.',
    '',
  ].join('\n');
  return { path: 'docs/reference/settings.md', text };
}

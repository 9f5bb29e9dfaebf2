/** The table of everything that CI checks: one row per suite, in the order in which they run. */

/** How a suite is judged: by its exit code, or by the tests that Jest reports. */
export type Suite =
  | { readonly name: string; readonly group: SuiteGroup; readonly kind: 'check'; readonly argv: readonly string[] }
  | {
      readonly name: string;
      readonly group: SuiteGroup;
      readonly kind: 'jest';
      readonly paths: readonly string[];
      /** Left out with a line saying so when root does not run it; under CI=true that is a failure. */
      readonly needsRoot?: true;
    };

/** `verify` needs Node alone; `test` needs the toolchain that `make toolchain` builds. */
export type SuiteGroup = 'verify' | 'test';

export const suites: readonly Suite[] = [
  { name: 'types', group: 'verify', kind: 'check', argv: ['tsc', '-p', '.'] },
  { name: 'lint', group: 'verify', kind: 'check', argv: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'layers', group: 'verify', kind: 'check', argv: ['node', 'hack/lint/check-layers.ts'] },
  { name: 'purity', group: 'verify', kind: 'check', argv: ['node', 'hack/lint/check-purity.ts'] },
  { name: 'format', group: 'verify', kind: 'check', argv: ['prettier', '--check', '--log-level=warn', '.'] },
  {
    name: 'generated',
    group: 'verify',
    kind: 'check',
    argv: ['node', 'hack/generate/main.ts', '--check', 'api', 'rbac'],
  },
  { name: 'unit', group: 'verify', kind: 'jest', paths: ['test/unit'] },
  { name: 'golden', group: 'verify', kind: 'jest', paths: ['test/golden/'] },
  { name: 'golden-cli', group: 'verify', kind: 'jest', paths: ['test/golden-cli'] },
  { name: 'golden-explain', group: 'verify', kind: 'jest', paths: ['test/golden-explain'] },
  {
    name: 'istio-types',
    group: 'test',
    kind: 'check',
    argv: ['node', 'hack/generate/main.ts', '--check', 'istio-types'],
  },
  { name: 'toolchain', group: 'test', kind: 'check', argv: ['node', 'hack/toolchain/build.ts'] },
  { name: 'bundle', group: 'test', kind: 'check', argv: ['node', 'hack/build.ts'] },
  { name: 'integration', group: 'test', kind: 'jest', paths: ['test/integration'] },
  { name: 'mesh', group: 'test', kind: 'jest', paths: ['test/mesh'], needsRoot: true },
];

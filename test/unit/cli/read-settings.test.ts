import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findingLine } from '../../../src/cli/input/finding.ts';
import { readSettings } from '../../../src/cli/input/read-settings.ts';
import { builtInPlatform } from '../../../src/settings/platform.ts';

const cwd = mkdtempSync(join(tmpdir(), 'apptraffic-settings-'));
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

function read(text: string): ReturnType<typeof readSettings> {
  writeFileSync(join(cwd, 'settings.yaml'), text);
  return readSettings('settings.yaml', cwd);
}

function faultsOf(text: string): readonly string[] {
  const found = read(text);
  return found.ok ? [] : found.faults.map(findingLine);
}

const head = 'apiVersion: config.apptraffic.dev/v1alpha1\nkind: OperatorSettings\n';

describe('the settings file', () => {
  it('decides the platform; without one the built-in settings hold', () => {
    expect(read(`${head}provider: Ingress\n`)).toEqual({
      ok: true,
      platform: { ...builtInPlatform(), provider: 'Ingress' },
    });
    expect(readSettings(undefined, cwd)).toEqual({ ok: true, platform: builtInPlatform() });
  });

  it('reports every problem at its place', () => {
    expect(faultsOf(`${head}setle: 1s\nhosts:\n  policy: Delegted\n  shared:\n    - host: Example.com\n`)).toEqual([
      'settings.yaml:5:3  Error  hosts.policy: "Delegted" is not a known value. Fix: write one of FirstCome, Delegated; did you mean Delegated?',
      'settings.yaml:7:7  Error  hosts.shared[0].host: is not a host name or a wildcard below one. Fix: write a lower-case DNS name of at least two labels, without a trailing dot, port or scheme; a wildcard is a leading *. and nothing else.',
      'settings.yaml:7:7  Error  hosts.shared[0].namespaces: is required. Fix: write a list.',
      'settings.yaml:3:1  Error  setle: setle is not a field. Fix: did you mean settle?',
    ]);
  });

  it.each([
    ['', 'settings.yaml  Error  the file holds no document. Fix: write one document of kind OperatorSettings.'],
    [
      `${head}---\n${head}`,
      'settings.yaml  Error  the file holds several documents. Fix: write one document of kind OperatorSettings.',
    ],
    [
      `${head}provider: [`,
      'settings.yaml:3:12  Error  the YAML cannot be read: Flow sequence in block collection must be sufficiently indented and end with a ]. Fix: correct the YAML here.',
    ],
    [
      `${head}trustDomain: on\n`,
      'settings.yaml:3:14  Error  kubectl reads on as true. Fix: write true, or put it in quotes: "on".',
    ],
  ])('refuses %j', (text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });

  it('is named when it is not there', () => {
    const found = readSettings('nowhere.yaml', cwd);
    expect(found.ok ? [] : found.faults.map(findingLine)).toEqual([
      'nowhere.yaml  Error  there is no such file or folder. Fix: check the path; it starts from the folder you stand in.',
    ]);
  });
});

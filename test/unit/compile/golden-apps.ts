/** Every AppTraffic of the golden cases, in the world of its case: all features are in one of them. */
import { parseAppTraffic } from '../../../src/api/v1alpha1/parse.ts';
import type { AppTraffic } from '../../../src/api/v1alpha1/app-traffic.ts';
import { readInput } from '../../../src/cli/input/read-input.ts';
import { readSettings } from '../../../src/cli/input/read-settings.ts';
import { worldsFromDocuments } from '../../../src/cli/world-from-documents.ts';
import type { World } from '../../../src/model/world.ts';
import { goldenCases } from '../../golden/cases.ts';
import { memoryTerminal } from '../cli/memory-terminal.ts';

/** One app; `name`: its case, as `folder/case`. */
export type GoldenApp = { readonly name: string; readonly app: AppTraffic; readonly world: World };

/** All that the schema accepts. Throws where the settings of a case are not valid. */
export async function goldenApps(): Promise<readonly GoldenApp[]> {
  const found: GoldenApp[] = [];
  for (const { name, cwd, input, settings } of goldenCases()) {
    const terminal = memoryTerminal(cwd);
    const { apps, others } = await readInput([input], 'default', terminal);
    const read = readSettings(settings, cwd);
    if (!read.ok) throw new Error(`${name}: the settings are not valid`);
    const valid = apps.flatMap((object) => {
      const parsed = parseAppTraffic(object.manifest);
      return parsed.ok ? [{ object, value: parsed.value }] : [];
    });
    const worldOf = worldsFromDocuments({ apps: valid, others, platform: read.platform, now: terminal.now() });
    found.push(...valid.map((app) => ({ name, app: app.value, world: worldOf(app) })));
  }
  return found;
}

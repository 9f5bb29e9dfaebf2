/** Which Node this program needs, and what to say to an older one. */
import packageJson from '../../package.json' with { type: 'json' };

/** The text for a Node that is too old; undefined for one that will do. `version` is as in `process.version`. */
export function nodeRefusal(version: string): string | undefined {
  const least = numbersOf(packageJson.engines.node);
  const own = numbersOf(version);
  const older = least.findIndex((number, i) => number !== (own[i] ?? 0));
  if (older < 0 || (own[older] ?? 0) > (least[older] ?? 0)) return undefined;
  return [
    `apptraffic needs Node ${least.join('.')} or newer, and this is ${version}.`,
    'Fix: install Node 24 (https://nodejs.org), or work in a clone of the project, where npm ci brings it:',
    '  npm run -s apptraffic -- COMMAND',
    '',
  ].join('\n');
}

function numbersOf(text: string): readonly number[] {
  return Array.from(text.matchAll(/[0-9]+/g), ([digits]) => Number(digits));
}

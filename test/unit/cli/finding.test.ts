import { readAsked } from '../../../src/cli/explain/asked.ts';
import { findingLine } from '../../../src/cli/input/finding.ts';

it('shows by their numbers the characters of a finding that a terminal would obey', () => {
  const headers = ['x\u001B[31m: \u009Bb', 'fine: \u202Ea'];
  const asked = readAsked({ method: 'GET', url: 'http://a/\u0085', headers }, { from: 'internet' }, '/');
  expect(asked.ok ? [] : asked.faults.map(findingLine)).toEqual([
    'URL  Error  a URL holds no "\\u{85}" as it is. Fix: write %C2%85.',
    '-H \'x\\u{1b}[31m: \\u{9b}b\'  Error  "x\\u001b[31m" is not a header name. Fix: use a token of letters, digits and dashes, without a colon.',
    '-H \'fine: \\u{202e}a\'  Error  "\\u{202e}a" is not a header value. Fix: use printable ASCII without a space at an end.',
  ]);
});

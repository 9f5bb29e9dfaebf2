import { pathText } from '../../../src/schema/path-text.ts';

test('a path reads as in YAML, with list positions and odd keys in brackets', () => {
  expect(pathText(['spec', 'app', 'selector', 'app.kubernetes.io/name'])).toBe(
    'spec.app.selector["app.kubernetes.io/name"]',
  );
  expect(pathText(['spec', 'external', 'routes', 2, 'match', 'headers', 'x-a'])).toBe(
    'spec.external.routes[2].match.headers.x-a',
  );
  expect(pathText([])).toBe('');
});

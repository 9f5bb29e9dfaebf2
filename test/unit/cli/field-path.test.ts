import { array, assert, nat, oneof, property, string } from 'fast-check';
import { parseFieldText } from '../../../src/cli/input/field-path.ts';
import { pathText } from '../../../src/schema/path-text.ts';

describe('the text of a field', () => {
  it.each([
    ['spec.external.routes[2].to', ['spec', 'external', 'routes', 2, 'to']],
    ['spec.service.annotations["a.b/c"]', ['spec', 'service', 'annotations', 'a.b/c']],
    ['spec.split.50', ['spec', 'split', '50']],
    ['', []],
    ['spec.ports[x].port', ['spec', 'ports']],
  ])('%s means %j', (text, path) => {
    expect(parseFieldText(text)).toEqual(path);
  });

  it('means the path that it was made from', () => {
    assert(
      property(array(oneof(string(), nat())), (path) => {
        expect(parseFieldText(pathText(path))).toEqual(path);
      }),
    );
  });
});

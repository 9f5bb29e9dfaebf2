import { xmlText } from '../../../../src/cli/route-test/xml.ts';

describe('XML', () => {
  it('is indented, and an element without children is closed at once', () => {
    const text = xmlText({
      name: 'a',
      attributes: { n: 1 },
      children: [
        { name: 'b', attributes: {}, children: [] },
        { name: 'c', attributes: {}, children: 'text' },
      ],
    });
    expect(text).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<a n="1">\n  <b/>\n  <c>text</c>\n</a>\n');
  });

  it('holds any text: what has a meaning is escaped, what XML cannot hold is replaced', () => {
    const odd = 'a<b>&"\'\t\n\r\0\u001B\u0085\uFFFE\uD800é😀]]>';
    const text = xmlText({ name: 'a', attributes: { odd }, children: odd });
    const escaped = (breaks: string): string =>
      `a&lt;b&gt;&amp;&quot;&apos;${breaks}\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDé😀]]&gt;`;
    expect(text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<a odd="${escaped('&#9;&#10;')}">${escaped('\t\n')}</a>\n`,
    );
  });
});

/** XML 1.0 as text: elements, attributes and character data, nothing else. */

/** One element; its children stand in their order. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Elements, or a text alone. */
  readonly children: readonly XmlElement[] | string;
};

/** The whole document, indented. Names are the program's own and are not checked. */
export function xmlText(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementText(root, '')}`;
}

function elementText({ name, attributes, children }: XmlElement, indent: string): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeText(String(value))}"`);
  const open = `${indent}<${name}${given.join('')}`;
  if (children.length === 0) return `${open}/>\n`;
  if (typeof children === 'string') return `${open}>${escaped(children)}</${name}>\n`;
  return `${open}>\n${children.map((child) => elementText(child, `${indent}  `)).join('')}${indent}</${name}>\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Line breaks and tabs by their numbers: readers make blanks of them in an attribute (XML 1.0 §3.3.3). */
function attributeText(text: string): string {
  return escaped(text).replace(/[\t\n]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** What XML cannot hold (§2.2), or would not give back as it was, becomes U+FFFD. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>"']/g, (char) => entities[char] ?? char)
    .replace(/(?![\t\n])[\p{Cc}\uFFFE\uFFFF]/gu, '\uFFFD');
}

/** An element's tag, with local names, since a prefix may be any. */
export interface Tag {
  readonly element: string;
  readonly attributes: readonly Attribute[];
}

interface Attribute {
  readonly name: string;
  readonly value: string;
}

// No value may hold "<", so that a quote in a comment swallows no element.
const tag = /<(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/g;
const attribute = /([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** All tags of an XML text, those in comments too. */
export function* tagsOf(text: string): Generator<Tag> {
  for (const [found] of text.matchAll(tag)) {
    const element = localName(/^<([^\s/>]+)/.exec(found)?.[1] ?? "");
    const attributes = [...found.matchAll(attribute)].map(([, name = "", double, single]) => ({
      name: localName(name),
      value: decoded(double ?? single ?? "").trim(),
    }));
    yield { element, attributes };
  }
}

const localName = (name: string): string => name.slice(name.lastIndexOf(":") + 1);

const words: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

const decoded = (text: string): string =>
  text.replace(
    /&(?:#(?:x([\da-f]{1,6})|(\d{1,7}))|(amp|lt|gt|quot|apos));/gi,
    (whole, hex?: string, decimal?: string, word?: string) => {
      if (word !== undefined) return words[word] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );

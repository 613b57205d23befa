import fc from "fast-check";
import { expect, it } from "vitest";
import { csvText } from "./csv.ts";

/** A reader by the letter of RFC 4180, for what is written here. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] ?? "";
    if (quoted && c === '"' && text[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (c === '"') quoted = !quoted;
    else if (!quoted && c === ",") {
      row.push(cell);
      cell = "";
    } else if (!quoted && c === "\r" && text[i + 1] === "\n") {
      rows.push([...row, cell]);
      [row, cell] = [[], ""];
      i += 1;
    } else cell += c;
  }
  expect([row, cell, quoted]).toEqual([[], "", false]);
  return rows;
}

const asRead = (cell: string | number | null): string => {
  const text = cell === null ? "" : String(cell);
  return typeof cell === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
};

it("comes back as it was, whatever its texts hold", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('a"b', "a,b", "a\r\nb", "=1+1", "-3", "é"));
  const cell = fc.oneof(text, fc.integer(), fc.constant(null));
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }));
  fc.assert(
    fc.property(rows, (given) => {
      expect(parse(csvText(["one", "two"], given))).toEqual([
        ["one", "two"],
        ...given.map((row) => row.map(asRead)),
      ]);
    }),
  );
});

it("is no formula in a spreadsheet", () => {
  expect(csvText(["name"], [['=HYPERLINK("x")'], [-3]])).toBe(
    'name\r\n"\'=HYPERLINK(""x"")"\r\n-3\r\n',
  );
});

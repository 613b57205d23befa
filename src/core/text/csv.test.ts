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

/** By the letter, as a spreadsheet would come upon it: an apostrophe where a sign would be the first that is seen. */
function asRead(cell: string | number | null): string {
  if (typeof cell !== "string") return cell === null ? "" : String(cell);
  let text = /^[\t\r]/.test(cell) ? "'" : "";
  let isFirst = true;
  for (let at = 0; at < cell.length; at += 1) {
    const seen = cell.slice(at).replace(/^[^\S\t\r\n]+/, "");
    if (isFirst && /^[=+\-@＝＋－＠]/.test(seen)) text += "'";
    const sign = cell[at] ?? "";
    text += sign;
    isFirst = /[;\t\r\n]/.test(sign);
  }
  return text;
}

it("comes back as it was, whatever its texts hold", () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('a"b', "a,b", "a\r\nb", "=1+1", "-3", "é", "a; =1", "＝1"),
  );
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

it.each([
  [" =1", "' =1"],
  ["\u00a0@x", "'\u00a0@x"],
  ["＝1", "'＝1"],
  ["a;=1", "a;'=1"],
  ["a; \uff0b1; b", "a;' \uff0b1; b"],
  ["a\t-1", "a\t'-1"],
  ["\t=1", "'\t'=1"],
  ["a\n=1", '"a\n\'=1"'],
  ["a = b; c - d", "a = b; c - d"],
  ["EUR 3; 4", "EUR 3; 4"],
])("%j is no formula, neither at its beginning nor where semicolons split: %j", (cell, written) => {
  expect(csvText(["name"], [[cell]])).toBe(`name\r\n${written}\r\n`);
});

it("takes no longer for a cell of blanks, tabs and semicolons", () => {
  for (const one of [" ", "\t", "; ", "\n "]) {
    expect(csvText(["name"], [[one.repeat(200_000)]]).length).toBeGreaterThan(200_000);
  }
});

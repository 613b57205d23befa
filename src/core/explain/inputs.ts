/** A figure that something was decided from. */
export interface ExplainInput {
  readonly name: string;
  readonly value: string;
  /** null: a word or a count. */
  readonly unit: string | null;
}

const units: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/Seconds$|^seconds$/, "s"],
  [/Ms$|^ms$/, "ms"],
  [/[mM]icroUsd(PerHour)?$/, "micro-USD"],
  [/Usd$|^usd$|UsdPerHour$/, "USD"],
  [/Bytes$|^bytes$/, "B"],
  [/Percent$|^percent$/, "%"],
];

/** The unit that a name ends in, as all names of ours do; null: none. */
export function unitOf(name: string): string | null {
  const last = name.split(".").at(-1) ?? name;
  return units.find(([ending]) => ending.test(last))?.[1] ?? null;
}

/** Stored inputs as rows; what lies deeper has a dotted name, lists count from 1. */
export function inputRows(inputs: object, path = ""): ExplainInput[] {
  return Object.entries(inputs).flatMap(([key, value]): ExplainInput[] => {
    const name = `${path}${Array.isArray(inputs) ? Number(key) + 1 : key}`;
    const unit = unitOf(name);
    if (typeof value !== "object" || value === null) return [{ name, value: wordOf(value), unit }];
    const items: unknown[] = Object.values(value);
    if (items.length === 0) return [{ name, value: "none", unit: null }];
    const isList = Array.isArray(value) && items.every((item) => typeof item !== "object");
    if (isList) return [{ name, value: items.map(wordOf).join(", "), unit }];
    return inputRows(value, `${name}.`);
  });
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number" && !Number.isInteger(value)) return String(+value.toFixed(3));
  return String(value);
}

import { parseDuration } from "../duration.ts";

/** What may stand behind the `=` of an option. */
export type OptionKind = "duration" | "whole number" | "number" | "share" | "switch";

/** One option of a policy, as a person writes it. */
export interface PolicyOption {
  readonly name: string;
  readonly kind: OptionKind;
  /** As it would be written; null: without it, what `note` says. */
  readonly default: string | null;
  readonly note: string;
  /** The smallest value, in milliseconds where it is a duration. */
  readonly least: number;
}

/** What was wrong with a text, and what to write instead. */
export interface Problem {
  readonly problem: string;
  readonly next: string;
}

/** Values by option: milliseconds, numbers, shares 0..1, and 1 or 0 for a switch. */
export type OptionValues = Readonly<Record<string, number>>;

const howTo: Readonly<Record<OptionKind, string>> = {
  duration: "Write it with a unit, such as 90s, 15m or 1h.",
  "whole number": "Write it in digits, such as 2.",
  number: "Write it in digits, such as 4 or 0.5.",
  share: "Write it as a number between 0 and 1, such as 0.92.",
  switch: "Write on or off.",
};

const readers: Readonly<Record<OptionKind, (text: string) => number | null>> = {
  duration: parseDuration,
  "whole number": (text) => (/^\d{1,9}$/.test(text) ? Number(text) : null),
  number: (text) => (/^\d{1,12}(\.\d{1,12})?$/.test(text) ? Number(text) : null),
  share: (text) => (/^(0(\.\d{1,12})?|1(\.0{1,12})?)$/.test(text) ? Number(text) : null),
  switch: (text) => ({ on: 1, off: 0 })[text] ?? null,
};

/** Reads `a=1,b=2s` of the policy `name`. Options that are not given have no value. */
export function readOptions(
  name: string,
  options: readonly PolicyOption[],
  text: string,
): { readonly values: OptionValues } | Problem {
  const values: Record<string, number> = {};
  for (const part of text.split(",").map((one) => one.trim())) {
    const [key = "", ...rest] = part.split("=").map((one) => one.trim());
    const option = options.find((one) => one.name === key);
    if (option === undefined) return unknownOption(name, options, key);
    if (key in values) {
      return {
        problem: `The policy ${name} is given ${key} twice.`,
        next: "Leave one of them out.",
      };
    }
    const value = rest.length === 1 ? readers[option.kind](rest[0] ?? "") : null;
    if (value === null) {
      return {
        problem: `"${part}" of the policy ${name} is no ${option.kind}.`,
        next: howTo[option.kind],
      };
    }
    if (value < option.least) return tooSmall(name, part, option);
    values[key] = value;
  }
  return { values };
}

function tooSmall(name: string, part: string, { kind, least }: PolicyOption): Problem {
  const smallest = kind === "duration" ? `${least / 1_000}s` : `${least}`;
  return {
    problem: `"${part}" of the policy ${name} is too small.`,
    next: `The smallest value is ${smallest}.`,
  };
}

function unknownOption(name: string, options: readonly PolicyOption[], key: string): Problem {
  return {
    problem:
      key === "" ? `An option of ${name} is empty.` : `The policy ${name} has no option "${key}".`,
    next:
      options.length === 0
        ? "It has no options: write its name alone."
        : `Its options are ${options.map((one) => one.name).join(", ")}.`,
  };
}

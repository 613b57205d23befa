/**
 * The architecture as data. `check.ts` reads these tables, `tidy.test.ts` holds the tree against
 * them, and `rules.test.ts` breaks each on purpose. ARCHITECTURE.md says why they are as they are.
 */

/** What one part of the repository may import, beside itself. */
export interface FolderRule {
  /** Folder or single file; the longest match decides. */
  readonly at: string;
  /** Folders or single files of ours. */
  readonly mayImport: readonly string[];
  /** false: neither packages nor modules of Node. */
  readonly packages: boolean;
  readonly node: boolean;
}

/** The three modules of lib that hold types and constants only; core and the page may use them. */
export const pureLib = ["src/lib/clock.ts", "src/lib/random.ts", "src/lib/events.ts"];
const adapter = ["src/core", "src/errors", "src/telemetry", "src/lib"];
const anything = ["src", "bench", "examples", "scripts", "test"];

const rule = (
  at: string,
  mayImport: readonly string[],
  reach: { readonly packages?: boolean; readonly node?: boolean } = {},
): FolderRule => ({ at, mayImport, packages: reach.packages ?? true, node: reach.node ?? true });

const pure = { packages: false, node: false };

export const folderRules: readonly FolderRule[] = [
  rule("src/lib", [], { packages: false }),
  rule("src/errors", ["src/lib"], pure),
  rule("src/contract", ["src/errors", "src/lib"], { node: false }),
  rule("src/core", pureLib, pure),
  rule("src/report", ["src/contract", "src/core"], pure),
  rule("src/sim", ["src/core", ...pureLib], pure),
  rule("src/pdf", ["src/errors", "src/lib"]),
  rule("src/telemetry", ["src/errors", "src/lib"]),
  rule("src/packs", ["src/errors", "src/lib"]),
  rule("src/db", adapter),
  rule("src/blobs", adapter),
  rule("src/cache", ["src/db", ...adapter]),
  rule("src/providers", adapter),
  rule("src/services", [
    ...["src/db", "src/cache", "src/providers", "src/blobs", "src/pdf", "src/packs", "src/sim"],
    ...adapter,
  ]),
  rule("src/http", [
    ...["src/services", "src/contract", "src/report", "src/errors"],
    ...["src/telemetry", "src/core", "src/lib"],
  ]),
  rule("src/worker", ["src/contract", "src/pdf", "src/packs", ...adapter]),
  rule("src/eval", ["src/contract", "src/pdf", "src/packs", "src/worker", "src/sim", ...adapter]),
  rule("src/config.ts", ["src/config", "src/contract", "src/core", "src/errors", "src/lib"]),
  rule("src/config", ["src/config.ts", "src/contract", "src/core", "src/errors", "src/lib"]),
  rule("src/cli", ["src"]),
  rule("src/policy.ts", ["src/config.ts", "src/config", "src/core", "src/errors", "src/lib"]),
  rule("src/background.ts", ["src/config.ts", "src/services", "src/worker", ...adapter]),
  rule("src/machines.ts", [
    ...["src/config.ts", "src/config", "src/services", "src/providers", "src/db", "src/worker"],
    ...adapter,
  ]),
  rule("src/duties.ts", [
    ...["src/config.ts", "src/machines.ts", "src/services", "src/db", "src/worker"],
    ...adapter,
  ]),
  rule("src/opening.ts", ["src/config.ts", "src/db", "src/worker", ...adapter]),
  rule("src/main.ts", ["src"]),
  rule("web", ["src/contract", "src/core", "src/sim", ...pureLib]),
  rule("bench", anything),
  rule("examples", anything),
  rule("scripts", anything),
  rule("test", anything),
  rule("vitest.config.ts", []),
];

/** A name that only some files may use, because all others get what it gives as a parameter. */
export interface Fence {
  readonly name: string;
  /** Matched in code alone, never in comments or strings. */
  readonly pattern: RegExp;
  /** Trees the fence stands in. */
  readonly within: readonly string[];
  readonly allowed: readonly string[];
  readonly instead: string;
}

export const fences: readonly Fence[] = [
  {
    name: "chance",
    pattern: /\bMath\.random\b/g,
    within: ["src", "web/src"],
    allowed: ["src/lib"],
    instead: "take a Random",
  },
  {
    name: "the clock",
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)/g,
    within: ["src", "web/src"],
    allowed: ["src/lib", "src/cli", "web/src/lib/now.ts"],
    instead: "take a Clock",
  },
  {
    name: "the environment",
    pattern: /\bprocess\s*\.\s*env\b/g,
    within: ["src", "web/src"],
    // A child process reads its own start parameters in its one main file.
    allowed: [
      "src/config.ts",
      "src/cli",
      "src/main.ts",
      "src/worker/main.ts",
      "src/worker/supervisor.ts",
    ],
    instead: "take a value of Config",
  },
];

/** SQL is written in one folder, a statement a function. */
export const sqlFence = {
  within: ["src", "web/src"],
  allowed: ["src/db"],
  statement:
    /\b(?:select\s[\s\S]+?\sfrom\s+\w|insert\s+into\s+\w|update\s+\w+\s+set\s|delete\s+from\s+\w|(?:create|drop|alter)\s+(?:table|index|function|view|database|schema)\s)/i,
  /** A template under one of these tags is a statement, whatever it says. */
  tag: /\b(?:sql|db|tx)(?:\s*<[^`]*>)?\s*$/,
};

/** Words that say a thing is not finished, or a test is not run. Spelt so that they do not match here. */
export const words: readonly {
  readonly name: string;
  readonly pattern: RegExp;
  readonly kinds: readonly ("code" | "comment")[];
}[] = [
  {
    name: "unfinished",
    pattern: /\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/g,
    kinds: ["code", "comment"],
  },
  {
    name: "test not run",
    pattern: /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo|fails)\b(?!If)/g,
    kinds: ["code"],
  },
];

/** Folders of somebody's machine, in any text of ours. */
export const machinePath = /(?<![\w.:/~-])\/(?:work|home|Users|root)\/[\w.-]+/g;

export const linesMax = 400;
/** Half of all files stay under this. */
export const linesUsual = 150;

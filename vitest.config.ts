import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const here = fileURLToPath(new URL(".", import.meta.url));
const entry = `${here}src/lib/entry.ts`;
const builtEntry = `${here}test/support/built-entry.ts`;
const cores = availableParallelism();

/** Child processes and threads of the tests run from the build where it is of these very sources. */
const builtChildren = {
  name: "built-children",
  enforce: "pre" as const,
  resolveId(asked: string, importer: string | undefined): string | undefined {
    const isEntry = /(^|\/)entry\.ts$/.test(asked) && importer?.startsWith(here) === true;
    if (!isEntry || importer === builtEntry) return undefined;
    return resolve(dirname(importer), asked) === entry ? builtEntry : undefined;
  },
};

/**
 * What takes longest. Begun last, as in a fresh clone by their sizes, one of them keeps all waiting at the end. What
 * computes most, the files with a browser, is begun beside what mostly waits.
 */
const longest = [
  "test/e2e/page-axe.test.ts",
  "test/chaos/scaler.e2e.test.ts",
  "test/e2e/page.test.ts",
  "test/e2e/just-in-time.test.ts",
  "test/isolation/isolation.e2e.test.ts",
  "test/e2e/page-live.test.ts",
  "test/e2e/run.test.ts",
  "test/chaos/redis.e2e.test.ts",
  "test/e2e/verda.test.ts",
  "src/services/leader.db.test.ts",
  "src/cli/commands/eval-llama.test.ts",
  "src/pdf/hostile.test.ts",
  "test/conformance/engine.test.ts",
  "src/worker/engines/openai/llama.test.ts",
];

/** What computes and asks nothing of the system: its tests can share a process, which takes longer to begin than they. */
const pure = [
  "src/{core,sim,lib,contract,report}/**/*.test.ts",
  "test/decks/**/*.test.ts",
  "web/**/*.test.{ts,tsx}",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      // Their process goes on only while the next file is one of theirs; and small as they are they fill up the end.
      if (project.name === "pure") return longest.length + 1;
      const at = longest.indexOf(moduleId.slice(here.length));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Each has a home, a database and ports of its own. A stack waits as much as it works, but its parts are many. */
const e2eWorkers = Math.max(2, Math.floor(cores / 2));

/** What is waited for comes when it comes; a second, which is the default, is too short for a slow machine. */
const waits = { poll: { timeout: 30_000 } };

/**
 * pure: decisions without effects, and the page's code without a browser; many files to a process.
 * unit: no database, no child process that needs one; milliseconds each.
 * db: real PostgreSQL, one database a file, cloned from a migrated template.
 * e2e: the built product as a person uses it, browser included; after the others, so that it has the machine to itself.
 */
export default defineConfig({
  test: {
    passWithNoTests: false,
    // By default one core is left free, which on two cores leaves one; most tests wait more than they work.
    maxWorkers: Math.max(2, cores - 1),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "pure",
          include: pure,
          exclude: ["**/node_modules/**"],
          isolate: false,
          // They wait for nothing: whoever is slow here has a slow machine.
          testTimeout: 300_000,
          expect: waits,
        },
      },
      {
        plugins: [builtChildren],
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "test/{tidy,support,conformance,page}/**/*.test.ts",
            "examples/**/*.test.ts",
          ],
          exclude: ["**/*.db.test.ts", "**/node_modules/**", ...pure],
          globalSetup: ["test/support/built.setup.mjs"],
          testTimeout: 60_000,
          expect: waits,
        },
      },
      {
        plugins: [builtChildren],
        test: {
          name: "db",
          include: ["src/**/*.db.test.ts", "test/chaos/**/*.db.test.ts"],
          globalSetup: ["test/support/built.setup.mjs", "test/support/postgres.setup.ts"],
          testTimeout: 60_000,
          expect: waits,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", "test/{chaos,isolation}/**/*.e2e.test.ts"],
          globalSetup: ["test/support/postgres.setup.ts"],
          maxWorkers: e2eWorkers,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          expect: waits,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});

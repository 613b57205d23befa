import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * unit: no database, no child process that needs one; milliseconds each.
 * db: real PostgreSQL, one database a file, cloned from a migrated template.
 * e2e: the built product as a person uses it, browser included.
 */
export default defineConfig({
  test: {
    passWithNoTests: false,
    // By default one core is left free, which on two cores leaves one; most tests wait more than they work.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "test/{tidy,support,conformance,decks}/**/*.test.ts",
            "examples/**/*.test.ts",
            "web/**/*.test.{ts,tsx}",
          ],
          exclude: ["**/*.db.test.ts", "**/node_modules/**"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "db",
          include: ["src/**/*.db.test.ts", "test/chaos/**/*.db.test.ts"],
          globalSetup: ["test/support/postgres.setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", "test/{chaos,isolation}/**/*.e2e.test.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});

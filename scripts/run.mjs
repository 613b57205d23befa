/**
 * `node scripts/run.mjs TASK [arguments]`: the development tasks of package.json. Each sets up what it
 * needs first, so every one works on a fresh clone.
 */
import { parseArgs } from "node:util";
import "./node-version.mjs";

const { runNode } = await import("./set-up/child.mjs");
const { npmProgram } = await import("./set-up/install.mjs");
const { root, say } = await import("./set-up/paths.mjs");
const { setUpOrExit } = await import("./set-up/set-up.mjs");

const tool = (path) => `${root}/node_modules/${path}`;
const types = (project) => [tool("typescript/bin/tsc"), "-p", `${root}/${project}`, "--noEmit"];
const vitest = (...args) => [tool("vitest/vitest.mjs"), "run", ...args];
const lint = [tool("@biomejs/biome/bin/biome"), "check", root];
const projects = [
  "tsconfig.json",
  "tsconfig.pure.json",
  "web/tsconfig.json",
  "web/tsconfig.dev.json",
];
const typeChecks = projects.map(types);

/** Steps of each task in order; the first that fails ends it. Arguments go to the last step. */
const tasks = {
  lint: { steps: [lint] },
  types: { steps: typeChecks },
  build: { build: true, steps: [] },
  test: { build: true, steps: [vitest()] },
  "chaos:queue": { steps: [["--import", "tsx", `${root}/test/chaos/queue/main.ts`]] },
  chaos: {
    build: true,
    steps: [["--import", "tsx", `${root}/test/chaos/fleet/main.ts`]],
  },
  isolation: { build: true, steps: [["--import", "tsx", `${root}/test/isolation/main.ts`]] },
  "check:fast": {
    steps: [lint, ...typeChecks, vitest("--project", "pure", "--project", "unit")],
  },
  check: { build: true, steps: [lint, ...typeChecks, vitest()] },
  "test:postgres": { steps: [["--import", "tsx", `${root}/test/support/older-postgres.mjs`]] },
  eval: { steps: [["--import", "tsx", `${root}/src/cli/main.ts`, "eval"]] },
  "ask:eval": { steps: [["--import", "tsx", `${root}/bench/ask/main.ts`]] },
  quotes: { steps: [["--import", "tsx", `${root}/bench/quotes/main.ts`]] },
  findings: { steps: [["--import", "tsx", `${root}/test/decks/main.ts`]] },
  "sim:compare": { steps: [["--import", "tsx", `${root}/bench/compare/main.ts`]] },
  hostile: { build: true, steps: [["--import", "tsx", `${root}/test/hostile/main.ts`]] },
  fuzz: { build: true, steps: [["--import", "tsx", `${root}/test/fuzz/main.ts`]] },
  "bench:queue": { build: true, steps: [["--import", "tsx", `${root}/bench/queue/main.ts`]] },
  "page:axe": { build: true, steps: [["--import", "tsx", `${root}/test/page/axe-main.ts`]] },
  "page:shots": { build: true, steps: [["--import", "tsx", `${root}/test/page/shots-main.ts`]] },
  "page:budget": { build: true, steps: [["--import", "tsx", `${root}/bench/page/main.ts`]] },
  "sim:replay": { build: true, steps: [["--import", "tsx", `${root}/bench/replay/main.ts`]] },
};

/** A benchmark is a file of `bench/`: `npm run bench -- queue`. */
function benchmark([name, ...rest]) {
  const file = `${root}/bench/${name ?? "all"}.ts`;
  return { build: true, steps: [["--import", "tsx", file, ...rest]] };
}

/** The queue beside its model, longer than in the tests: `npm run test:model -- --steps 1000000 --seed 7`. */
function modelTest(words) {
  const options = {
    steps: { type: "string" },
    seed: { type: "string" },
    story: { type: "string" },
  };
  const { values } = parseArgs({ args: words, options });
  const env = { ...process.env };
  for (const [key, value] of Object.entries(values)) env[`MODEL_${key.toUpperCase()}`] = value;
  return { steps: [vitest("--project", "db", "src/db/model.db.test.ts")], env };
}

/** llama.cpp is apart from the product's packages, and 85 MB: whoever wants its tests installs it so. */
function llamaTest() {
  const folder = `${root}/test/llama`;
  // Not `ci`: the list of npm itself misses some of its builds for other machines, and `ci` wants them all.
  const install = [
    "install",
    "--no-save",
    "--prefix",
    folder,
    "--omit=optional",
    "--ignore-scripts",
  ];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const tests = [
    ...["test/conformance/engine.test.ts", "src/worker/engines/openai/llama.test.ts"],
    "src/cli/commands/eval-llama.test.ts",
  ];
  const steps = [[npmProgram(), ...install, ...quiet], vitest("--project", "unit", ...tests)];
  return { steps };
}

const special = { bench: benchmark, "test:model": modelTest, "test:llama": llamaTest };
const [name, ...args] = process.argv.slice(2);
const task = special[name]?.(args) ?? tasks[name];
if (task === undefined) {
  say(`Tasks: ${[...Object.keys(tasks), ...Object.keys(special)].join(", ")}`);
  process.exit(2);
}
await setUpOrExit({ build: task.build ?? false });
const given = name in special ? [] : args;
for (const [index, step] of task.steps.entries()) {
  const isLast = index === task.steps.length - 1;
  const code = await runNode(isLast ? [...step, ...given] : step, {
    stdio: "inherit",
    env: task.env ?? process.env,
  });
  if (code !== 0) process.exit(code);
}

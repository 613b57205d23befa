/**
 * `node scripts/run.mjs TASK [arguments]`: the development tasks of package.json. Each sets up what it
 * needs first, so every one works on a fresh clone.
 */
import "./node-version.mjs";

const { runNode } = await import("./set-up/child.mjs");
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
  "check:fast": { steps: [lint, ...typeChecks, vitest("--project", "unit")] },
  check: { build: true, steps: [lint, ...typeChecks, vitest()] },
};

/** A benchmark is a file of `bench/`: `npm run bench -- queue`. */
function benchmark([name, ...rest]) {
  const file = `${root}/bench/${name ?? "all"}.ts`;
  return { build: true, steps: [["--import", "tsx", file, ...rest]] };
}

const [name, ...args] = process.argv.slice(2);
const task = name === "bench" ? benchmark(args) : tasks[name];
if (task === undefined) {
  say(`Tasks: ${[...Object.keys(tasks), "bench"].join(", ")}`);
  process.exit(2);
}
await setUpOrExit({ build: task.build ?? false });
const given = name === "bench" ? [] : args;
for (const [index, step] of task.steps.entries()) {
  const isLast = index === task.steps.length - 1;
  const code = await runNode(isLast ? [...step, ...given] : step, { stdio: "inherit" });
  if (code !== 0) process.exit(code);
}

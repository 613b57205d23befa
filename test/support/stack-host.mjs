/**
 * Runs the built product's stack as a process of its own, with settings that a test gives as JSON in
 * its argument: `{ overrides, containerEnv }`. Says `{ url, installation }` in one line, ends at
 * SIGTERM, and also when whoever started it is gone.
 */
import { loadConfig } from "../../dist/config.js";
import { startStack } from "../../dist/main.js";

const { overrides, containerEnv } = JSON.parse(process.argv[2] ?? "{}");
const config = loadConfig({ cwd: process.cwd(), overrides });
const stack = await startStack({
  config,
  containerEnv,
  onNotice: (sentence) => process.stderr.write(`${sentence}\n`),
});

let ending = false;
async function end() {
  if (ending) return;
  ending = true;
  await stack.stop();
  process.exit(0);
}
process.on("SIGTERM", end);
process.on("SIGINT", end);
process.stdin.on("close", end);
process.stdin.resume();
const { url, installation } = stack;
process.stdout.write(`${JSON.stringify({ url, installation })}\n`);

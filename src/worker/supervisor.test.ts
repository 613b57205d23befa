import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Home, openHome } from "../../test/conformance/home.ts";
import { ControlDouble } from "../../test/support/control-double.ts";
import { childEntry } from "../lib/entry.ts";

const script = fileURLToPath(new URL("../../test/support/supervised.mjs", import.meta.url));

let home: Home;
let control: ControlDouble;
let workDir: string;
let child: ChildProcess;
const lines: string[] = [];

beforeEach(async () => {
  home = await openHome();
  control = await new ControlDouble().start();
  workDir = await mkdtemp(join(tmpdir(), "supervisor-"));
});
afterEach(async () => {
  child.kill("SIGKILL");
  await home.empty();
  await home.close();
  await control.stop();
  await rm(workDir, { recursive: true });
  lines.length = 0;
});

/** The supervisor as an image runs it, with a fake model server. */
function start(env: Record<string, string> = {}): Promise<number | null> {
  const { file, execArgv } = childEntry(import.meta.url, "./supervisor");
  child = spawn(process.execPath, [...execArgv, file], {
    env: {
      PATH: process.env.PATH,
      CALL_HOME: String(home.port),
      NAME: "model",
      PILOTLIGHT_POOL: "text",
      PILOTLIGHT_SLOTS: "4",
      PILOTLIGHT_WORK_DIR: workDir,
      PILOTLIGHT_MODEL_SERVER: `"${process.execPath}" "${script}"`,
      PILOTLIGHT_CONTROL_URL: control.url,
      PILOTLIGHT_REGISTRATION_TOKEN: "registration",
      OLLAMA_HOST: "0.0.0.0:9999",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  return once(child, "close").then(([code]) => code);
}

it("runs a model server beside the container, and ends both on SIGTERM", async () => {
  const ended = start();
  await home.heard("model");
  await control.until(() => control.heartbeats.some(({ phase }) => phase === "ready"));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(control.heartbeats.at(-1)?.phase).toBe("stopped");
  await home.heard("model", "SIGTERM");
  const given = lines.find((line) => line.startsWith("model server: given ")) ?? "";
  expect(JSON.parse(given.replace("model server: given ", ""))).toEqual({
    OLLAMA_HOST: "127.0.0.1:9999",
    OLLAMA_NUM_PARALLEL: "4",
    OLLAMA_KEEP_ALIVE: "-1",
    OLLAMA_MAX_LOADED_MODELS: "1",
    OLLAMA_NO_CLOUD: "1",
  });
  expect(await readdir(workDir)).toEqual([]);
});

it("hands an interrupt on as SIGTERM: nobody else is there to decide", async () => {
  const ended = start();
  await home.heard("model");
  await control.until(() => control.heartbeats.some(({ phase }) => phase === "ready"));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

/** Says when the first process begins to listen to SIGTERM. */
const telling = `
  const { on } = process;
  process.on = function (event, ...rest) {
    on.call(this, event, ...rest);
    if (event === "SIGTERM") process.stdout.write("listens\\n");
    return this;
  };
`;

it("loses no signal that comes before it has started anything", async () => {
  const options = `--import "data:text/javascript,${encodeURIComponent(telling)}"`;
  const ended = start({ NODE_OPTIONS: options });
  await expect.poll(() => lines, { interval: 1, timeout: 20_000 }).toEqual(["listens"]);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  // A container that was just being started ends with it, and has not said a word.
  expect(lines.filter((line) => line.includes("listening"))).toEqual([]);
  expect(control.registrations).toEqual([]);
});

it("ends with 2 and a sentence when its start parameters are wrong", async () => {
  expect(await start({ PILOTLIGHT_MODEL_SERVER: `ollama "serve` })).toBe(2);
  expect(lines.at(-1)).toMatch(/^CONFIG_INVALID: .*PILOTLIGHT_MODEL_SERVER/);
});

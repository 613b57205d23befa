import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { editConfigFile, withSetting } from "./config-file.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-config-test-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const text = `# what this is for
port: 4600 # the usual one
models:
  # a small one
  vision: llava:7b
`;

it("changes one value and keeps comments and order", () => {
  expect(withSetting(text, "port", "4711")).toBe(text.replace("4600", "4711"));
  expect(withSetting(text, "models.vision", "null")).toBe(text.replace("llava:7b", "null"));
  expect(withSetting(text, "models.text", "gemma3:4b")).toContain("  text: gemma3:4b\n");
  expect(withSetting("# only words\n", "timings.drainMs", "20s")).toBe(
    "# only words\n\ntimings:\n  drainMs: 20s\n",
  );
});

const edit = (key: string, value: string, isSecret = false) =>
  editConfigFile({ file: join(dir, "own.yaml"), key, value, isSecret, cwd: dir, env: {} });

it("writes nothing that would not be read, and a secret for its owner alone", async () => {
  const file = join(dir, "own.yaml");
  await writeFile(file, text, { mode: 0o640 });
  await expect(edit("port", "many")).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    detail: expect.stringMatching(/^port \(own\.yaml\): /),
  });
  expect(await readFile(file, "utf8")).toBe(text);
  await edit("port", "4711");
  expect([await readFile(file, "utf8"), (await stat(file)).mode & 0o777]).toEqual([
    ...[text.replace("4600", "4711"), 0o640],
  ]);
  await edit("openaiApiKey", "sk-test", true);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

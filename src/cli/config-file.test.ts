import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { settings } from "../config/sources.ts";
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
  const set = (key: string, given: string, before = text): string =>
    withSetting(before, { key }, given);
  expect(set("port", "4711")).toBe(text.replace("4600", "4711"));
  expect(set("models.vision", "null")).toBe(text.replace("llava:7b", "null"));
  expect(set("models.text", "gemma3:4b")).toContain("  text: gemma3:4b\n");
  expect(set("timings.drainMs", "20s", "# only words\n")).toBe(
    "# only words\n\ntimings:\n  drainMs: 20s\n",
  );
});

it("takes a secret to the letter, and a list with commas between", () => {
  const key = { key: "openaiApiKey", secret: true } as const;
  for (const secret of ["12345678", "0x1f", "yes", "a: b", "[x]", "*a", "# b"]) {
    expect(parse(withSetting("", key, secret))).toEqual({ openaiApiKey: secret });
  }
  expect(parse(withSetting("", key, "null"))).toEqual({ openaiApiKey: null });
  const keys = { key: "apiKeys", secret: true, read: "list" } as const;
  expect(parse(withSetting("", keys, "1234567890123456"))).toEqual({
    apiKeys: ["1234567890123456"],
  });
  expect(parse(withSetting("", keys, "one,two"))).toEqual({ apiKeys: ["one", "two"] });
  const roots = { key: "sourceRoots", read: "list" } as const;
  for (const given of ["/a, /b", "[/a, /b]"]) {
    expect(parse(withSetting("", roots, given))).toEqual({ sourceRoots: ["/a", "/b"] });
  }
});

function edit(key: string, value: string) {
  const setting = settings.find((one) => one.key === key) ?? { key };
  return editConfigFile({ file: join(dir, "own.yaml"), setting, value, cwd: dir, env: {} });
}

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
  await edit("openaiApiKey", "sk-test");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await edit("apiKeys", "1234567890123456");
  expect(await readFile(file, "utf8")).toContain("1234567890123456");
});

import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readCodeDigest, readerOf } from "./reader.ts";

it("changes with the code that reads and with nothing else", async () => {
  const dir = await mkdtemp(join(tmpdir(), "pilotlight-reader-"));
  try {
    const root = join(dir, "src");
    await mkdir(join(root, "worker/steps"), { recursive: true });
    await cp(fileURLToPath(new URL("steps/", import.meta.url)), join(root, "worker/steps"), {
      recursive: true,
    });
    const first = await readCodeDigest(root);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    await writeFile(join(root, "worker/steps/more.test.ts"), "export {};");
    await writeFile(join(root, "worker/other.ts"), "export {};");
    expect(await readCodeDigest(root)).toBe(first);
    await writeFile(join(root, "worker/steps/more.ts"), "export {};");
    const second = await readCodeDigest(root);
    expect(second).not.toBe(first);
    await writeFile(join(dir, "package.json"), '{"dependencies":{"sharp":"9.9.9"}}');
    expect(await readCodeDigest(root)).not.toBe(second);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it("is not told where the weights are not known", async () => {
  const code = await readCodeDigest();
  expect(readerOf(code, { digest: () => "sha256:abc" })).toBe(`${code}/sha256:abc`);
  expect(readerOf(code, { digest: () => null })).toBeNull();
  expect(readerOf(code, {})).toBeNull();
  expect(readerOf(null, { digest: () => "sha256:abc" })).toBeNull();
});

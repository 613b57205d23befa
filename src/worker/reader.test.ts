import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

/** Files by path below `src`, with all that they import but for types. */
function closureOf(root: string, starts: readonly string[]): string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const imports = /^(?:import|export) (?!type\b)[^;]*?from "(\.[^"]+)"|import\("(\.[^"]+)"\)/gm;
    for (const match of readFileSync(path, "utf8").matchAll(imports)) {
      visit(resolve(path, "..", match[1] ?? match[2] ?? ""));
    }
  };
  for (const start of starts) visit(join(root, start));
  return [...seen].map((path) => path.slice(root.length));
}

it("counts all code that the steps by slide are made of", async () => {
  const root = fileURLToPath(new URL("../", import.meta.url));
  const files = closureOf(root, [
    ...["worker/steps/visual-analysis.ts", "worker/steps/slide-feedback.ts"],
    ...["worker/engines/choose.ts", "worker/document-store.ts", "pdf/index.ts"],
  ]);
  expect(files.length).toBeGreaterThan(100);
  // These say how a call fails or waits, and nothing of what is read.
  const silent = /^(?:errors|lib)\/|^worker\/signals\.ts$/;
  const dir = await mkdtemp(join(tmpdir(), "pilotlight-reader-"));
  try {
    const counts = async (file: string): Promise<boolean> => {
      const alone = join(dir, file.replaceAll("/", "-"));
      await mkdir(join(alone, file, ".."), { recursive: true });
      const before = await readCodeDigest(alone);
      await writeFile(join(alone, file), "");
      return (await readCodeDigest(alone)) !== before;
    };
    const left: string[] = [];
    for (const file of files) if (!silent.test(file) && !(await counts(file))) left.push(file);
    expect(left).toEqual([]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it("is told with the weights and poppler, and not where the weights are not known", () => {
  const parts = { codeDigest: "0a1b", poppler: null };
  const weights = { digest: () => "sha256:abc" };
  expect(readerOf(parts, weights)).toBe("0a1b/none/sha256:abc");
  expect(readerOf({ ...parts, poppler: "22.12" }, weights)).toBe("0a1b/22.12/sha256:abc");
  expect(readerOf(parts, { digest: () => null })).toBeNull();
  expect(readerOf(parts, {})).toBeNull();
  expect(readerOf({ ...parts, codeDigest: null }, weights)).toBeNull();
});

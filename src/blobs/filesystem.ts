import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { BlobFacts, Blobs } from "./blobs.ts";

const keyForm = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/** Blobs in a folder, each written beside its place and renamed, so that no reader sees half a file. */
export function filesystemBlobs(root: string): Blobs {
  const pathOf = (key: string): string => {
    if (!keyForm.test(key)) throw new Error(`not a blob key: ${key}`);
    return join(root, key);
  };
  const place = async (key: string, fill: (path: string) => Promise<void>): Promise<void> => {
    const target = pathOf(key);
    await mkdir(dirname(target), { recursive: true });
    const part = join(dirname(target), `.${randomUUID()}.part`);
    try {
      await fill(part);
      await rename(part, target);
    } finally {
      await rm(part, { force: true });
    }
  };
  const sizeOf = (key: string): Promise<number | undefined> =>
    stat(pathOf(key)).then(
      (entry) => entry.size,
      () => undefined,
    );
  return {
    put: (key, data) => place(key, (path) => writeFile(path, data, { mode: 0o600 })),
    async putFile(key, path) {
      await place(key, (part) => rename(path, part).catch(() => copyFile(path, part)));
      await rm(path, { force: true });
    },
    get: (key) => readFile(pathOf(key)).catch(() => undefined),
    async open(key) {
      const bytes = await sizeOf(key);
      return bytes === undefined ? undefined : { stream: createReadStream(pathOf(key)), bytes };
    },
    has: async (key) => (await sizeOf(key)) !== undefined,
    async list() {
      const names = await readdir(root, { recursive: true }).catch(() => []);
      const facts = names
        .map((name) => name.split(sep).join("/"))
        .filter((key) => keyForm.test(key))
        .map(async (key): Promise<BlobFacts | null> => {
          const entry = await stat(join(root, key)).catch(() => null);
          return entry?.isFile() ? { key, bytes: entry.size, writtenMs: entry.mtimeMs } : null;
        });
      return (await Promise.all(facts)).filter((one) => one !== null);
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    removeBelow: (key) => rm(pathOf(key), { recursive: true, force: true }),
  };
}

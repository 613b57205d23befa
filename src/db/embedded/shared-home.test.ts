import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readInstallation } from "./installation.ts";
import { claimSharedHome } from "./shared-home.ts";

let dir = "";
let root = "";
const clone = (name: string): string => join(dir, name);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-home-"));
  root = join(dir, "root");
  for (const name of ["root", "a", "b"]) await mkdir(join(dir, name));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it("gives a clone the same folder every time, and two clones different ones", async () => {
  const first = await claimSharedHome(root, clone("a"));
  expect(await claimSharedHome(root, clone("a"))).toBe(first);
  expect(await claimSharedHome(root, clone("b"))).not.toBe(first);
});

it("lets a clone that was moved keep its folder", async () => {
  const home = await claimSharedHome(root, clone("a"));
  await rename(clone("a"), clone("moved"));
  // Another clone that starts meanwhile would remove it; the moved one itself must not.
  expect(await claimSharedHome(root, clone("moved"))).toBe(home);
});

it("gives a copied clone an installation and a folder of its own", async () => {
  const home = await claimSharedHome(root, clone("a"));
  await cp(clone("a"), clone("copy"), { recursive: true });
  expect(await claimSharedHome(root, clone("copy"))).not.toBe(home);
  expect(await readInstallation(clone("copy"))).not.toBe(await readInstallation(clone("a")));
  expect(await claimSharedHome(root, clone("a"))).toBe(home);
});

it("removes the folder of a clone that is gone, and no other", async () => {
  const gone = await claimSharedHome(root, clone("a"));
  const kept = await claimSharedHome(root, clone("b"));
  await mkdir(join(gone, "data"));
  await writeFile(join(gone, "data", "x"), "");
  await mkdir(join(root, "pilotlight-without-a-record"));
  await mkdir(join(root, "elsewhere"));
  await rm(clone("a"), { recursive: true });
  await claimSharedHome(root, clone("b"));
  const left = await readdir(root);
  expect(left.map((name) => join(root, name)).sort()).toEqual(
    [kept, join(root, "elsewhere"), join(root, "pilotlight-without-a-record")].sort(),
  );
});

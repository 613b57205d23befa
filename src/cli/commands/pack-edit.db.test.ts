import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, createControlPlane } from "../../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import type { Context } from "../context.ts";
import { type PackEditOptions, packEdit } from "./pack-edit.ts";

let db: TestDatabase;
let plane: ControlPlane;
let dir = "";
let url = "";
beforeAll(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  await plane.app.listen({ port: 0, host: "127.0.0.1" });
  url = `http://127.0.0.1:${(plane.app.server.address() as AddressInfo).port}`;
  dir = await mkdtemp(join(tmpdir(), "pilotlight-editor-"));
});
afterAll(async () => {
  await plane.close();
  await db.drop();
  await rm(dir, { recursive: true, force: true });
});

/** What the editor does with the folder, as a script of the shell; it leaves the folder's name behind. */
async function edit(script: string, options: PackEditOptions = {}) {
  const seen = join(dir, "seen");
  await writeFile(join(dir, "editor.sh"), `printf %s "$1" > ${seen}\ncd "$1" && ${script}\n`);
  let said = "";
  const output = {
    json: true,
    object: () => undefined,
    complain: () => undefined,
    raw: (text: string) => {
      said += text;
    },
  };
  const context = {
    ...{ output, cwd: dir, flags: { url }, env: { HOME: dir, EDITOR: `sh ${dir}/editor.sh` } },
    interrupt: { signal: new AbortController().signal },
  } as unknown as Context;
  const person = { isThere: true, confirm: async () => false };
  const ended = await packEdit(context, "pitch-deck", options, person).catch((error) => error);
  const folder = await readFile(seen, "utf8").catch(() => "");
  const isThere = await stat(folder).catch(() => null);
  return { ended, said, folder, isThere: isThere !== null };
}

it("takes the folder away once its edits are kept, or when nothing was changed", async () => {
  const kept = await edit("echo Mind the date. >> prompts/clinical.md");
  expect(kept).toMatchObject({ ended: 0, isThere: false, said: "" });
  const failed = await edit("exit 1");
  expect(failed).toMatchObject({ ended: { code: "USAGE" }, isThere: false, said: "" });
});

it("loses no edits that the server refuses: they can be sent from where they are", async () => {
  const refused = await edit("echo One more. >> prompts/clinical.md", { note: "x".repeat(9_999) });
  expect(refused).toMatchObject({ ended: { code: "BAD_REQUEST" }, isThere: true });
  const { folder, said } = refused;
  expect(said).toBe(
    `Your edits are in ${folder}; send them: pilotlight pack edit pitch-deck --from ${folder}\n`,
  );
  expect(await readdir(folder)).toContain("pack.yaml");
  expect(await edit("exit 1", { from: folder })).toMatchObject({ ended: 0 });
  await rm(join(folder, ".."), { recursive: true, force: true });
});

it("loses no edits that are not valid, and not edited again", async () => {
  const { ended, folder, said, isThere } = await edit("echo '- [' >> pack.yaml");
  expect(ended).toMatchObject({ code: "PACK_INVALID" });
  expect([isThere, said]).toEqual([true, expect.stringContaining(`--from ${folder}\n`)]);
  await rm(join(folder, ".."), { recursive: true, force: true });
});

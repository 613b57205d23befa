import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ControlPlane, createControlPlane } from "../../test/support/control-plane.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { openTransaction, session, submit } from "../../test/support/queue.ts";
import { modelsOf } from "../packs/pack.ts";
import { filesSource, type PackFiles } from "../packs/pack-files.ts";
import { builtInPacksDir, readPackFolder, readPackFrom } from "../packs/read-pack.ts";

let db: TestDatabase;
let plane: ControlPlane;
let files: PackFiles;
beforeEach(async () => {
  db = await createTestDatabase();
  plane = await createControlPlane(db);
  files = (await readPackFolder(join(builtInPacksDir(), "pitch-deck"))).files;
});
afterEach(async () => {
  await plane.close();
  await db.drop();
});

/** The pack with another last line in one of its prompts. */
const edited = (line: string): PackFiles => ({
  ...files,
  "prompts/clinical.md": `${files["prompts/clinical.md"]}\n${line}\n`,
});

const call = async (method: "GET" | "POST", path: string, body?: object) => {
  const answer = await plane.app.inject({
    method,
    url: `/api/packs${path}`,
    headers: { host: "localhost" },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, body: answer.json() };
};

const draft = (line: string, more: object = {}) =>
  call("POST", "/pitch-deck/versions", { files: edited(line), by: "ann", ...more });

const statesOf = async (): Promise<Record<number, string>> => {
  const { body } = await call("GET", "/pitch-deck");
  return Object.fromEntries(
    body.versions.map((one: { version: number; state: string }) => [one.version, one.state]),
  );
};

/** A start with these files in the folder. */
async function start(given: PackFiles): Promise<void> {
  const read = await readPackFrom(filesSource(given));
  await plane.packs.activate(read.pack, read.files);
}

const packOf = async (document: string) => {
  const [row] = await db.sql<{ version: number }[]>`
    select k.version from documents d join pipelines p on p.document_id = d.id join packs k on k.id = p.pack_id
    where d.public_id = ${document}`;
  return row?.version;
};

describe("versions of a pack", () => {
  it("are drafts until activated; pipelines at work keep theirs, new ones take the new", async () => {
    const before = await submit(db.sql, "pitch-deck");
    const made = await draft("Be brief.", { note: "shorter", parent: 1 });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({
      existing: false,
      version: {
        version: 2,
        state: "draft",
        by: "ann",
        note: "shorter",
        parent: 1,
        source: "edit",
      },
      trial: {
        warnings: [],
        order: [["visual_analysis", "slide_feedback"], expect.any(Array), expect.any(Array)],
      },
    });
    expect(await packOf((await submit(db.sql, "pitch-deck")).document)).toBe(1);
    expect(await packOf((await submit(db.sql, "pitch-deck@2")).document)).toBe(2);
    await expect(submit(db.sql, "pitch-deck@9")).rejects.toMatchObject({ code: "PACK_NOT_FOUND" });

    const { body } = await call("POST", "/pitch-deck/activate", { version: 2, by: "ann" });
    expect(body).toMatchObject({ before: 1, version: { state: "active", replaced: 1 } });
    expect(await packOf((await submit(db.sql, "pitch-deck")).document)).toBe(2);
    expect(await packOf(before.document)).toBe(1);
    expect(await statesOf()).toEqual({ 1: "retired", 2: "active" });
    const [event] = await db.sql<{ data: object }[]>`
      select data from events where type = 'pack.activated' order by id desc limit 1`;
    expect(event?.data).toMatchObject({ pack: "pitch-deck", version: 2, by: "ann", replaced: 1 });
  });

  it("with the same content are one, whatever number the files say", async () => {
    await draft("Be brief.");
    const numbered = edited("Be brief.")["pack.yaml"]?.replace("version: 1", "version: 7") ?? "";
    const again = await call("POST", "/pitch-deck/versions", {
      files: { ...edited("Be brief."), "pack.yaml": numbered },
    });
    expect(again.body).toMatchObject({ existing: true, version: { version: 2 } });
  });

  it("are not kept over one that whoever made the change has not seen, and nothing is lost by it", async () => {
    await draft("By somebody else.", { by: "bob", seen: 1 });
    const late = await draft("Mine.", { seen: 1 });
    expect(late).toMatchObject({ status: 409, body: { code: "PACK_CHANGED" } });
    expect(late.body.detail).toBe("Version 2 was made by bob meanwhile.");
    expect(await statesOf()).toEqual({ 1: "active", 2: "draft" });
    expect((await draft("Mine.", { seen: 2 })).body).toMatchObject({ version: { version: 3 } });
  });

  it("count the pipelines of each, and tell a person what is in them", async () => {
    await submit(db.sql, "pitch-deck");
    await draft("Be brief.");
    await submit(db.sql, "pitch-deck@2");
    const { body } = await call("GET", "/pitch-deck");
    const counts = body.versions.map(({ documents, running }: Record<string, number>) => ({
      ...{ documents, running },
    }));
    expect(counts).toEqual([
      { documents: 1, running: 1 },
      { documents: 1, running: 1 },
    ]);
    const { outline } = (await call("GET", "/pitch-deck/versions/2")).body;
    expect(outline.tasks[3]).toMatchObject({
      ...{ name: "specialized_clinical", step: "analyse", after: ["extractions_and_template"] },
      prompts: ["prompts/clinical.md"],
    });
    expect(outline.templates[0].chapters[0].questions[0]).toMatch(/\?$/);
    expect(outline.fields).toEqual([]);
  });

  it("tell the line of what is wrong with files that are only checked", async () => {
    const wrong = {
      ...files,
      "prompts/clinical.md": `${files["prompts/clinical.md"]}\n{{dekc}}\n`,
    };
    const { body } = await call("POST", "/validate", { files: wrong });
    const lines = (wrong["prompts/clinical.md"] ?? "").split("\n");
    expect(body.problems).toEqual([
      expect.objectContaining({ file: "prompts/clinical.md", line: lines.indexOf("{{dekc}}") + 1 }),
    ]);
  });

  it("tell which file would not be kept, and refuse a pattern that could take for ever", async () => {
    const stray = { ...files, "prompts/stray.md": "Nobody asks this." };
    const checked = (await call("POST", "/validate", { files: stray })).body;
    expect(checked.trial.warnings).toEqual([
      expect.stringMatching(/^prompts\/stray\.md: .*not kept/),
    ]);
    const path = "schemas/extractions.json";
    const schema = (files[path] ?? "").replace(/"pattern": "[^"]*"/, '"pattern": "^(a+)+$"');
    const { body } = await call("POST", "/validate", { files: { ...files, [path]: schema } });
    expect(body.problems).toEqual([
      expect.objectContaining({ file: path, message: expect.stringMatching(/in several ways/) }),
    ]);
  });

  it("go back step by step, and say so when there is none before", async () => {
    for (const [index, line] of ["one", "two"].entries()) {
      await draft(line);
      await call("POST", "/pitch-deck/activate", { version: index + 2 });
    }
    expect((await call("POST", "/pitch-deck/rollback", { seen: 3 })).body.version.version).toBe(2);
    // The second of two who saw version 3 go wrong goes no further.
    const late = await call("POST", "/pitch-deck/rollback", { seen: 3 });
    expect(late).toMatchObject({ status: 409, body: { code: "PACK_CHANGED" } });
    expect((await call("POST", "/pitch-deck/rollback", {})).body.version.version).toBe(1);
    const none = await call("POST", "/pitch-deck/rollback", {});
    expect(none).toMatchObject({ status: 409, body: { code: "PACK_NO_ROLLBACK" } });
    expect((await call("POST", "/pitch-deck/rollback", { version: 3 })).body.version.version).toBe(
      3,
    );
  });

  it.each([{}, { seen: 3 }])("go back one step for two who press at once (%j)", async (asked) => {
    for (const [index, line] of ["one", "two"].entries()) {
      await draft(line);
      await call("POST", "/pitch-deck/activate", { version: index + 2 });
    }
    // Both have looked before either may change anything.
    const holder = session(db.url);
    const held = await openTransaction(holder);
    await held.tx`select pg_advisory_xact_lock(hashtext('pilotlight.packs'))`;
    const pressed = [1, 2].map(() => call("POST", "/pitch-deck/rollback", asked));
    await expect
      .poll(async () => {
        const [row] = await db.sql`
          select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
        return row?.waiting;
      })
      .toBe(2);
    await held.commit();
    await holder.end();
    const answers = await Promise.all(pressed);
    expect(answers.map(({ status, body }) => [status, body.code]).toSorted()).toEqual([
      [200, undefined],
      [409, "PACK_CHANGED"],
    ]);
    expect(await statesOf()).toEqual({ 1: "retired", 2: "active", 3: "retired" });
  });

  it("differ file by file, as a unified diff", async () => {
    await draft("Be brief.");
    const { body } = await call("GET", "/pitch-deck/diff");
    expect(body).toMatchObject({ from: 1, to: 2 });
    const [manifest, prompt] = body.parts;
    expect(manifest).toMatchObject({ path: "pack.yaml", change: "changed" });
    expect(manifest.patch).toContain("-version: 1\n+version: 2");
    expect(prompt.patch).toMatch(/^--- prompts\/clinical.md\tversion 1\n/);
    expect(prompt.patch).toContain("+Be brief.");
    expect((await call("GET", "/pitch-deck/diff?from=2&to=2")).body.parts).toEqual([]);
  });

  it("are refused with all that is wrong, each with its place, and nothing is kept", async () => {
    const wrong = {
      ...files,
      "prompts/clinical.md": "{{dekc}}",
      "pack.yaml": files["pack.yaml"]?.replace("weight: 30", "weight: 31") ?? "",
    };
    const problems = [
      { path: "pack.yaml: tasks", message: "the weights make 101, they must make 100" },
      {
        path: "prompts/clinical.md: {{dekc}}",
        message: expect.stringMatching(/did you mean deck/),
      },
      { path: "prompts/clinical.md: {{deck}}", message: expect.stringMatching(/is missing/) },
    ];
    const checked = await call("POST", "/validate", { files: wrong });
    expect(checked).toMatchObject({ status: 200, body: { valid: false, problems, trial: null } });
    const refused = await call("POST", "/pitch-deck/versions", { files: wrong });
    expect(refused).toMatchObject({
      status: 422,
      body: { code: "PACK_INVALID", errors: problems },
    });
    const other = await call("POST", "/other/versions", { files });
    expect(other).toMatchObject({ status: 422, body: { code: "PACK_INVALID" } });
    expect(await statesOf()).toEqual({ 1: "active" });
  });

  it("tell of a task that nobody here could do", async () => {
    const manifest = files["pack.yaml"]?.replace(
      "features: [vision]",
      "features: [vision, vram:80]",
    );
    const { body } = await call("POST", "/validate", {
      files: { ...files, "pack.yaml": manifest },
    });
    expect(body.trial.warnings).toEqual([expect.stringMatching(/^visual_analysis: .*vram:80/)]);
  });

  it("are to be had as files that read back as the same content, old ones without files too", async () => {
    await db.sql`update packs set files = null`;
    const { body } = await call("GET", "/pitch-deck/versions/1");
    const again = await readPackFrom(filesSource(body.files));
    expect(again.pack.contentHash).toBe(body.contentHash);
  });

  it("need a key where keys are set", async () => {
    const closed = await createControlPlane(db, { apiKeys: ["a-key-of-sixteen-signs"] });
    try {
      for (const [method, path] of [
        ["GET", ""],
        ["POST", "/pitch-deck/activate"],
      ] as const) {
        const answer = await closed.app.inject({ method, url: `/api/packs${path}` });
        expect(answer.statusCode).toBe(401);
      }
    } finally {
      await closed.close();
    }
  });
});

describe("a start", () => {
  it("takes what is new in its folder while nobody has made or chosen another", async () => {
    await start(edited("new"));
    expect(await statesOf()).toEqual({ 1: "retired", 2: "active" });
    await start(files);
    expect(await statesOf()).toEqual({ 1: "active", 2: "retired" });
  });

  it("leaves what a person made, and offers the folder's as a draft, once", async () => {
    await draft("mine");
    await call("POST", "/pitch-deck/activate", { version: 2 });
    await start(files);
    expect(await statesOf()).toEqual({ 1: "retired", 2: "active" });
    await start(edited("from the folder"));
    await start(edited("from the folder"));
    expect(await statesOf()).toEqual({ 1: "retired", 2: "active", 3: "draft" });
    const offers = await db.sql`select 1 from events where type = 'pack.offered'`;
    expect(offers).toHaveLength(1);
  });

  it("reads with the models of the version that is active, and not with the folder's", async () => {
    const manifest = files["pack.yaml"]?.replace('"llava:13b"', '"mine:7b"') ?? "";
    const body = { files: { ...files, "pack.yaml": manifest }, by: "ann" };
    await call("POST", "/pitch-deck/versions", body);
    await call("POST", "/pitch-deck/activate", { version: 2 });
    await start(files);
    const active = await plane.packs.active("pitch-deck");
    expect(active && modelsOf(active).vision?.candidates[0]?.name).toBe("mine:7b");
    expect(await plane.packs.active("none")).toBeUndefined();
  });

  it("does not undo a rollback, and takes newer content of the folder after one", async () => {
    await start(edited("second"));
    await call("POST", "/pitch-deck/rollback", { by: "ann" });
    await start(edited("second"));
    expect(await statesOf()).toEqual({ 1: "active", 2: "retired" });
    await start(edited("third"));
    expect(await statesOf()).toEqual({ 1: "retired", 2: "retired", 3: "active" });
  });

  it("of two at the same moment stores one version", async () => {
    await Promise.all([start(edited("both")), start(edited("both"))]);
    expect(await statesOf()).toEqual({ 1: "retired", 2: "active" });
  });
});

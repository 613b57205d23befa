import type { Startable } from "../core/pipeline/stranded.ts";
import {
  findPackVersion,
  listPackVersions,
  type PackContentRow,
  type PackVersionRow,
} from "../db/pack-versions.ts";
import { type Activation, activatePackVersion, addPackVersion } from "../db/packs.ts";
import { AppError } from "../errors/app-error.ts";
import { placeOf } from "../packs/locate.ts";
import type { Pack } from "../packs/pack.ts";
import { filesSource, type PackFiles } from "../packs/pack-files.ts";
import { readPackFrom } from "../packs/read-pack.ts";
import { filesOfPack, withVersion } from "../packs/write-pack.ts";
import { announce, type ServiceContext } from "./context.ts";
import { outlineOf } from "./pack-outline.ts";
import { patchOf } from "./pack-patch.ts";
import { tryPack } from "./pack-trial.ts";
import { type PackCeilings, packRow } from "./packs.ts";

export interface PackDraft {
  readonly files: PackFiles;
  readonly note: string | null;
  readonly by: string;
  readonly source: "edit" | "import";
  readonly parent: number | null;
  /** The newest version that was known when the change was begun; null: nobody looked. */
  readonly seen: number | null;
}

export interface RollbackAsked {
  readonly version?: number | undefined;
  readonly seen?: number | undefined;
}

export type PackCatalogue = ReturnType<typeof createPackCatalogue>;

/** Versions of packs as people see, make and choose them. They belong to the installation. */
export function createPackCatalogue(
  context: ServiceContext,
  ceilings: PackCeilings,
  startable: Startable,
) {
  const { sql } = context;
  const find = async (name: string, version: number): Promise<PackContentRow> => {
    const row = await findPackVersion(sql, name, version);
    if (row === undefined) throw new AppError("PACK_VERSION_NOT_FOUND", `${name}@${version}`);
    return row;
  };
  const versionsOf = async (name: string): Promise<PackVersionRow[]> => {
    const rows = await listPackVersions(sql, name);
    if (rows.length === 0) throw new AppError("PACK_NOT_FOUND", name);
    return rows;
  };
  const activate = async (name: string, which: Activation, before: number | null, by: string) => {
    const missing = () => new AppError("PACK_VERSION_NOT_FOUND", `${name}@${which.version}`);
    // What is stored was checked when it came; rules may have become stricter since.
    const trial = await checkedAgain(await find(name, which.version));
    const id = await activatePackVersion(sql, name, which, by);
    if (id === undefined) throw missing();
    if (typeof id === "object") throw changed(id.active);
    announce(context);
    const now = (await versionsOf(name)).find((row) => row.id === id);
    if (now === undefined) throw missing();
    return { version: viewOf(now), before, warnings: trial.warnings };
  };
  const activeOf = async (name: string): Promise<PackVersionRow | undefined> =>
    (await versionsOf(name)).find(({ state }) => state === "active");
  const checkedAgain = async (row: PackContentRow) =>
    trialOf((await readPackFrom(filesSource(filesOf(row)))).pack, startable);
  return {
    list: async () => listOf(await listPackVersions(sql, null)),
    versions: async (name: string) => ({ name, versions: (await versionsOf(name)).map(viewOf) }),
    async content(name: string, version: number) {
      const row = await find(name, version);
      const pack = row.content as Pack;
      const [trial, outline] = [trialOf(pack, startable), outlineOf(pack)];
      return { ...viewOf(row), files: { ...filesOf(row) }, trial, outline };
    },
    /** Throws PACK_NOT_FOUND and PACK_VERSION_NOT_FOUND. */
    async diff(name: string, asked: { from?: number | undefined; to?: number | undefined }) {
      const versions = await versionsOf(name);
      const active = versions.find(({ state }) => state === "active")?.version;
      const newest = versions[0]?.version ?? 0;
      const from = asked.from ?? active ?? newest;
      const to = asked.to ?? newest;
      const [old, young] = [await find(name, from), await find(name, to)];
      return { name, from, to, parts: partsOf(filesOf(old), filesOf(young), { from, to }) };
    },
    /** All that is wrong with these files, or what a pipeline of them would do. */
    async check(files: PackFiles) {
      try {
        const { pack, files: kept } = await readPackFrom(filesSource(files));
        const trial = withUnused(trialOf(pack, startable), files, kept);
        return { valid: true, problems: [], trial };
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "PACK_INVALID") throw error;
        const problems = (error.errors ?? []).map((one) => ({ ...one, ...placeOf(files, one) }));
        return { valid: false, problems, trial: null };
      }
    },
    /**
     * Stores a draft. Throws PACK_INVALID with all that is wrong, PACK_VERSION_NOT_FOUND, and PACK_CHANGED where a
     * version has come that the caller has not seen.
     */
    async draft(name: string, given: PackDraft) {
      const { pack, files } = await readPackFrom(filesSource(given.files));
      if (pack.name !== name) throw otherName(pack.name, name);
      const trial = withUnused(trialOf(pack, startable), given.files, files);
      const parent = given.parent === null ? null : (await find(name, given.parent)).id;
      const { source, note, by: madeBy, seen } = given;
      const row = packRow(pack, files, ceilings);
      const kept = await addPackVersion(sql, row, { source, note, madeBy, parent, seen });
      if ("unseen" in kept) throw unseen(kept.unseen, kept.by);
      if (!kept.existing) announce(context);
      const stored = await find(name, kept.version);
      return { version: viewOf(stored), existing: kept.existing, trial };
    },
    async activate(name: string, version: number, by: string) {
      const before = (await activeOf(name))?.version ?? null;
      return activate(name, { version, isRollback: false }, before, by);
    },
    /**
     * Throws PACK_NO_ROLLBACK where the active version took no other's place, and PACK_CHANGED where another one is
     * active than the caller saw, or becomes so meanwhile: two people who press at once go one step back, not two.
     */
    async rollback(name: string, asked: RollbackAsked, by: string) {
      const active = await activeOf(name);
      const isRollback = asked.version === undefined;
      const { version = active?.replaced, seen = isRollback ? active?.version : undefined } = asked;
      if (active !== undefined && seen !== undefined && active.version !== seen) {
        throw changed(active.version);
      }
      if (version == null) throw new AppError("PACK_NO_ROLLBACK", name);
      return activate(name, { version, seen, isRollback }, active?.version ?? null, by);
    },
  };
}

/** Each pack with its active version, by name. */
function listOf(rows: readonly PackVersionRow[]) {
  const names = [...new Set(rows.map(({ name }) => name))];
  return {
    packs: names.map((name) => {
      const own = rows.filter((row) => row.name === name);
      const active = own.find(({ state }) => state === "active");
      return {
        name,
        active: active === undefined ? null : viewOf(active),
        newest: own[0]?.version ?? 0,
        drafts: own.filter(({ state }) => state === "draft").length,
      };
    }),
  };
}

const changed = (active: number): AppError =>
  new AppError("PACK_CHANGED", `Version ${active} was made active meanwhile.`);

const unseen = (version: number, by: string | null): AppError =>
  new AppError("PACK_CHANGED", `Version ${version} was made by ${by ?? "somebody"} meanwhile.`);

function otherName(given: string, wanted: string): AppError {
  const errors = [{ path: "pack.yaml: name", message: `must be ${wanted}, not ${given}` }];
  return new AppError("PACK_INVALID", `pack.yaml: name: must be ${wanted}, not ${given}`, {
    errors,
  });
}

const filesOf = (row: PackContentRow): PackFiles =>
  row.files ?? withVersion(filesOfPack(row.content as Pack), row.version);

/** What nothing names is not kept: whoever sent it is told. */
function withUnused(trial: Trial, given: PackFiles, kept: PackFiles): Trial {
  const unused = Object.keys(given).filter((path) => !Object.hasOwn(kept, path));
  const told = unused.map((path) => `${path}: nothing names this file, so it is not kept.`);
  return { ...trial, warnings: [...trial.warnings, ...told] };
}
type Trial = ReturnType<typeof trialOf>;

/** As the wire has it: lists of its own. */
function trialOf(pack: Pack, startable: Startable) {
  const { order, tasks, warnings } = tryPack(pack, startable);
  return {
    order: order.map((wave) => [...wave]),
    tasks: tasks.map((task) => ({
      ...task,
      features: [...task.features],
      prompts: [...task.prompts],
    })),
    warnings: [...warnings],
  };
}

/** File by file, the manifest first. */
function partsOf(old: PackFiles, young: PackFiles, numbers: { from: number; to: number }) {
  const paths = [...new Set([...Object.keys(old), ...Object.keys(young)])];
  const order = (path: string): string => (path === "pack.yaml" ? "" : path);
  return paths
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .filter((path) => old[path] !== young[path])
    .map((path) => ({
      path,
      change: changeOf(old[path], young[path]),
      patch: patchOf(path, [old[path] ?? "", young[path] ?? ""], numbers),
    }));
}

function changeOf(
  old: string | undefined,
  young: string | undefined,
): "added" | "removed" | "changed" {
  if (old === undefined) return "added";
  return young === undefined ? "removed" : "changed";
}

function viewOf(row: PackVersionRow) {
  const { name, version, title, contentHash, state, source, note, parent, replaced } = row;
  return {
    ...{ name, version, title, contentHash, hash: contentHash.slice(0, 8), state, source },
    ...{ by: row.madeBy, at: row.createdAt.toISOString(), note, parent, replaced },
    ...{ running: row.running, documents: row.documents },
    activatedAt: row.activatedAt?.toISOString() ?? null,
    activatedBy: row.activatedBy,
    tasks: [...row.tasks],
  };
}

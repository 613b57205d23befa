import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { filesSource, type PackFiles } from "../../packs/pack-files.ts";
import { readPackFolder, readPackFrom } from "../../packs/read-pack.ts";
import { type Person, personAt } from "../confirm.ts";
import { type Context, personName, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { PackApi } from "../pack-api.ts";
import { versionMeant, writePackFolder } from "../pack-folder.ts";
import { activatedText, draftText } from "../report/pack.ts";

export interface PackEditOptions {
  readonly from?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly note?: string | undefined;
  readonly activate?: boolean | undefined;
}

/** Makes a draft of a version: with an editor, from a folder, or by parts named on the command line. */
export async function packEdit(
  context: Context,
  word: string,
  options: PackEditOptions,
  person: Person = personAt(process.stdin, process.stderr),
): Promise<number> {
  const { interrupt } = context;
  if (options.from !== undefined && options.set !== undefined) {
    throw new AppError("USAGE", "give one of --from and --set");
  }
  const api = (await runningApi(context)).packs;
  const { name, version } = await versionMeant(api, word, interrupt.signal);
  const { files: before } = await api.content(name, version, interrupt.signal);
  const send = (files: PackFiles): Promise<number> => {
    const source = options.from === undefined ? "edit" : "import";
    return keep(context, api, name, { files, parent: version, source, options });
  };
  const { from, set } = options;
  if (from !== undefined) return send((await readPackFolder(resolve(context.cwd, from))).files);
  if (set !== undefined) return send(await assembled(context, before, set));
  return withEditor(context, { before, word, person, send });
}

/** Keeps a folder as a draft of the pack it names, which may be a new one. */
export async function packImport(
  context: Context,
  folder: string,
  options: Pick<PackEditOptions, "note" | "activate">,
): Promise<number> {
  const { pack, files } = await readPackFolder(resolve(context.cwd, folder));
  const api = (await runningApi(context)).packs;
  return keep(context, api, pack.name, { files, parent: null, source: "import", options });
}

interface Kept {
  readonly files: PackFiles;
  readonly parent: number | null;
  readonly source: "edit" | "import";
  readonly options: Pick<PackEditOptions, "note" | "activate">;
}

async function keep(context: Context, api: PackApi, name: string, kept: Kept): Promise<number> {
  const { output, interrupt } = context;
  const { files, parent, source, options } = kept;
  const by = personName(context);
  const body = { files: { ...files }, note: options.note ?? null, by, parent, source };
  const draft = await api.draft(name, body, interrupt.signal);
  if (options.activate !== true) {
    if (output.json) output.object("packDraft", draft);
    else output.data(draftText(draft, output.style));
    return exitCodes.ok;
  }
  const { version } = draft.version;
  const activated = await api.activate(name, { version, by }, interrupt.signal);
  if (output.json) output.object("packActivated", { ...activated, existing: draft.existing });
  else output.data(activatedText(activated, output.style));
  return exitCodes.ok;
}

async function assembled(
  context: Context,
  before: PackFiles,
  set: readonly string[],
): Promise<PackFiles> {
  const parts = new Map(await Promise.all(set.map((one) => assigned(context, one))));
  const { files } = await readPackFrom(filesSource({ ...before, ...Object.fromEntries(parts) }));
  const unread = [...parts.keys()].filter((path) => !Object.hasOwn(files, path));
  if (unread.length > 0) {
    throw new AppError("USAGE", `--set: no task of the pack reads ${unread.join(", ")}`);
  }
  return files;
}

/** `prompts/clinical.md=@new.md`, or the text itself behind the sign. */
async function assigned({ cwd }: Context, word: string): Promise<[string, string]> {
  const at = word.indexOf("=");
  const path = word.slice(0, at);
  if (at < 1 || !/^[a-z_]+(?:\.yaml|\/[a-z0-9_]+\.(?:md|json|yaml))$/.test(path)) {
    throw new AppError("USAGE", `--set must be PART=@FILE, such as prompts/extractions.md=@new.md`);
  }
  const value = word.slice(at + 1);
  if (!value.startsWith("@")) return [path, value];
  const file = resolve(cwd, value.slice(1));
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new AppError("FILE_UNREADABLE", `${file} (${error.code ?? error.message})`);
  });
  return [path, text];
}

interface Edit {
  readonly before: PackFiles;
  /** As the person named the pack. */
  readonly word: string;
  readonly person: Person;
  send(files: PackFiles): Promise<number>;
}

/**
 * A folder of one's own for the editor. It is taken away once its content is kept elsewhere or nothing was changed
 * in it: whatever goes wrong, nobody's edits are lost.
 */
async function withEditor(context: Context, { before, word, person, send }: Edit): Promise<number> {
  const { output, env } = context;
  const editor = (env.VISUAL ?? "").trim() || (env.EDITOR ?? "").trim();
  if (editor === "" || !person.isThere) {
    const why = editor === "" ? "EDITOR is not set" : "nobody sits at this terminal";
    throw new AppError("USAGE", `${why}: use --from FOLDER or --set PART=@FILE`);
  }
  const home = await mkdtemp(join(tmpdir(), "pilotlight-pack-"));
  const folder = join(home, "pack");
  let isNeeded = true;
  try {
    await writePackFolder(folder, before);
    const code = await send(await edited(context, folder, editor, person));
    isNeeded = false;
    return code;
  } finally {
    if (isNeeded && (await isChanged(folder, before))) {
      const next = `pilotlight pack edit ${word} --from ${folder}`;
      // Also when quiet: nobody else knows the place.
      output.raw(`Your edits are in ${folder}; send them: ${next}\n`);
    } else await rm(home, { recursive: true, force: true });
  }
}

/** What is wrong with the folder is told, and the editor opened again. */
async function edited(
  { output, interrupt }: Context,
  folder: string,
  editor: string,
  person: Person,
): Promise<PackFiles> {
  for (;;) {
    await openEditor(editor, folder);
    try {
      return (await readPackFolder(folder)).files;
    } catch (error) {
      output.complain(error);
      if (!(await person.confirm("Edit again?", interrupt.signal))) throw error;
    }
  }
}

/** Whether a folder holds anything else than what was written into it. */
async function isChanged(folder: string, before: PackFiles): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory());
  if (files.length !== Object.keys(before).length) return files.length > 0;
  for (const [path, text] of Object.entries(before)) {
    if ((await readFile(join(folder, path), "utf8").catch(() => null)) !== text) return true;
  }
  return false;
}

/** With the shell, as git does it: EDITOR may hold options. */
function openEditor(editor: string, folder: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", folder], { stdio: "inherit" });
    child.once("error", () => fail(new AppError("USAGE", `${basename(editor)} cannot be started`)));
    child.once("exit", (code) =>
      code === 0 ? done() : fail(new AppError("USAGE", `the editor ended with ${code}`)),
    );
  });
}

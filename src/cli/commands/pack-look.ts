import { resolve } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { readPackFolder } from "../../packs/read-pack.ts";
import { packWords } from "../../report/words.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { packWord, versionMeant, writePackFolder } from "../pack-folder.ts";
import { contentText, diffText, packsText, versionsText } from "../report/pack.ts";

/** Packs, or the versions of one. */
export async function packLs(context: Context, word: string | undefined): Promise<number> {
  const { output, interrupt, flags } = context;
  const api = (await runningApi(context)).packs;
  if (word === undefined) {
    const list = await api.list(interrupt.signal);
    if (output.json) output.object("packs", list);
    else output.data(packsText(list, output.style));
    return exitCodes.ok;
  }
  const versions = await api.versions(packWord(word).name, interrupt.signal);
  if (output.json) output.object("packVersions", versions);
  else output.data(versionsText(versions.versions, output.style, flags.utc));
  return exitCodes.ok;
}

/** One version: what it does and of what files, or the text of one of them. */
export async function packShow(
  context: Context,
  word: string,
  options: { readonly part?: string | undefined },
): Promise<number> {
  const { output, interrupt, flags } = context;
  const api = (await runningApi(context)).packs;
  const { name, version } = await versionMeant(api, word, interrupt.signal);
  const content = await api.content(name, version, interrupt.signal);
  const { part } = options;
  if (part === undefined) {
    if (output.json) output.object("pack", content);
    else output.data(contentText(content, output.style, flags.utc));
    return exitCodes.ok;
  }
  const text = Object.hasOwn(content.files, part) ? content.files[part] : undefined;
  if (text === undefined) {
    throw new AppError("USAGE", `--part must be one of ${Object.keys(content.files).join(", ")}`);
  }
  if (output.json) output.object("packPart", { name, version, part, text });
  else output.data(text);
  return exitCodes.ok;
}

/** What differs: two versions, one and the active one, or the active and the newest. */
export async function packDiff(
  context: Context,
  word: string,
  first: string | undefined,
  second: string | undefined,
): Promise<number> {
  const { output, interrupt } = context;
  const { name, version } = packWord(word);
  const numbers = [first, second].map((text) => (text === undefined ? undefined : numberOf(text)));
  // `NAME@3`: what version 3 would change.
  const ends =
    version === null ? { from: numbers[0], to: numbers[1] } : { from: undefined, to: version };
  if (version !== null && first !== undefined) {
    throw new AppError("USAGE", "give NAME FROM TO, or NAME@VERSION alone");
  }
  const diff = await (await runningApi(context)).packs.diff(name, ends, interrupt.signal);
  if (output.json) output.object("packDiff", diff);
  else output.data(diffText(diff, output.style));
  return exitCodes.ok;
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new AppError("USAGE", `"${text}" must be a version's number`);
}

/** Reads a folder as a start would, and asks no server. Throws PACK_INVALID with all that is wrong. */
export async function packCheck(context: Context, folder: string): Promise<number> {
  const { output, cwd } = context;
  const { pack, files } = await readPackFolder(resolve(cwd, folder));
  const { name, version, contentHash } = pack;
  const hash = contentHash.slice(0, 8);
  const tasks = pack.tasks.map((task) => task.name);
  if (output.json) {
    output.object("packChecked", { name, version, hash, tasks, files: Object.keys(files) });
  } else {
    output.data(`${packWords({ name, version, hash })} is valid: ${tasks.join(", ")}.`);
  }
  return exitCodes.ok;
}

/** Writes a version's files into a new folder. */
export async function packExport(context: Context, word: string, folder: string): Promise<number> {
  const { output, interrupt, cwd } = context;
  const api = (await runningApi(context)).packs;
  const { name, version } = await versionMeant(api, word, interrupt.signal);
  const { files, hash } = await api.content(name, version, interrupt.signal);
  const target = resolve(cwd, folder);
  await writePackFolder(target, files);
  const written = { name, version, hash, folder: target, files: Object.keys(files) };
  if (output.json) output.object("packExported", written);
  else output.data(`${packWords(written)} is written to ${target}.`);
  return exitCodes.ok;
}

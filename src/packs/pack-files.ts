import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { AppError } from "../errors/app-error.ts";
import type { Problems } from "./problems.ts";

/** Prompts and schemas travel in every lease, so a file that large is a mistake. */
const fileBytesMax = 256 * 1024;

/** Files of a pack by their path within it: `prompts/see_slide.md` -> text. */
export type PackFiles = Readonly<Record<string, string>>;

/** Where a pack is read from: a folder, or files that somebody sent. */
export interface PackSource {
  /** null: there is no such file. Throws what the system says of one that cannot be read. */
  read(file: string): Promise<Buffer | null>;
  /** Names of files right below `part`, in order. */
  list(part: string): Promise<readonly string[]>;
}

export const folderSource = (folder: string): PackSource => ({
  async read(file) {
    const path = join(folder, file);
    try {
      await refuseWayOut(folder, path);
      // One byte too many is enough to know that it is too large.
      return (await stat(path)).size > fileBytesMax
        ? Buffer.alloc(fileBytesMax + 1)
        : await readFile(path);
    } catch (error) {
      if (isCode(error, "ENOENT") || isCode(error, "ENOTDIR")) return null;
      throw error;
    }
  },
  async list(part) {
    const found = await readdir(join(folder, part), { withFileTypes: true }).catch(() => []);
    return found
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  },
});

/** A pack that somebody else made must not read what lies beside it, by a link, into a prompt. */
async function refuseWayOut(folder: string, path: string): Promise<void> {
  const [home, target] = await Promise.all([realpath(folder), realpath(path)]);
  if (!target.startsWith(`${home}${sep}`)) {
    throw new AppError("PACK_INVALID", "is a link that leads out of the pack's folder");
  }
}

export const filesSource = (files: PackFiles): PackSource => ({
  async read(file) {
    const text = Object.hasOwn(files, file) ? files[file] : undefined;
    return text === undefined ? null : Buffer.from(text);
  },
  async list(part) {
    return Object.keys(files)
      .filter((path) => path.startsWith(`${part}/`))
      .map((path) => path.slice(part.length + 1))
      .filter((name) => !name.includes("/"))
      .sort();
  },
});

/** What has been read of a source. */
export interface PackReading {
  readonly source: PackSource;
  /** Grows with each file that was read. */
  readonly files: Map<string, string>;
}

/**
 * Reads one text file of a pack with its line ends made uniform, so that a checkout on another system
 * is the same pack. undefined when it cannot be used; `problems` then says why, under `askedBy`.
 */
export async function readText(
  { source, files }: PackReading,
  file: string,
  problems: Problems,
  askedBy = "",
): Promise<string | undefined> {
  const say = (sentence: string): undefined => {
    if (askedBy === "") problems.add(file, "", sentence);
    else problems.add("pack.yaml", askedBy, `${file}: ${sentence}`);
  };
  const bytes = await source
    .read(file)
    .catch((error) => (error instanceof AppError && error.detail) || "cannot be read");
  if (bytes === null) return say("there is no such file");
  if (typeof bytes === "string") return say(bytes);
  if (bytes.length > fileBytesMax) {
    problems.add(file, "", `is larger than ${fileBytesMax / 1024} kB`);
    return undefined;
  }
  const text = textOf(bytes)?.replaceAll("\r\n", "\n");
  if (text === undefined) problems.add(file, "", "is not text in UTF-8");
  else files.set(file, text);
  return text;
}

/** Without the mark that some editors put in front; undefined: these bytes are no text. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

export function parseYaml(file: string, text: string, problems: Problems): unknown {
  try {
    return parse(text, { logLevel: "error" });
  } catch (error) {
    const at = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    const [sentence = "is not YAML"] = String(error instanceof Error ? error.message : error).split(
      "\n",
    );
    problems.add(file, at === undefined ? "" : `line ${at.line}`, sentence.replace(/:$/, ""));
    return undefined;
  }
}

export function parseJson(file: string, text: string, problems: Problems): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.add(file, "", error instanceof Error ? error.message : "is not JSON");
    return undefined;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

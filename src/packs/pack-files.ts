import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import type { Problems } from "./problems.ts";

/** Prompts and schemas travel in every lease, so a file that large is a mistake. */
const fileBytesMax = 256 * 1024;

/**
 * Reads one text file of a pack with its line ends made uniform, so that a checkout on another system
 * is the same pack. undefined when it cannot be used; `problems` then says why, under `askedBy`.
 */
export async function readText(
  folder: string,
  file: string,
  problems: Problems,
  askedBy = "",
): Promise<string | undefined> {
  const path = join(folder, file);
  try {
    const { size } = await stat(path);
    if (size > fileBytesMax) {
      problems.add(file, "", `is larger than ${fileBytesMax / 1024} kB`);
      return undefined;
    }
    const text = await readFile(path, "utf8");
    return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  } catch (error) {
    const missing = isCode(error, "ENOENT") || isCode(error, "ENOTDIR");
    const sentence = missing ? "there is no such file" : "cannot be read";
    if (askedBy === "") problems.add(file, "", sentence);
    else problems.add("pack.yaml", askedBy, `${file}: ${sentence}`);
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

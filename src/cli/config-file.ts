import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse, parseDocument } from "yaml";
import { listIn, type Setting } from "../config/sources.ts";
import { loadConfig } from "../config.ts";
import { AppError } from "../errors/app-error.ts";

type Kind = Pick<Setting, "key" | "secret" | "read">;

/**
 * The text of a configuration file with one setting changed; comments, order and everything else stay.
 * @param given as it would stand in the file: a number, `null`, `[a, b]`, or plain text; a list also as `a,b`. A secret
 *   is what it says to the letter
 */
export function withSetting(text: string, setting: Kind, given: string): string {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new AppError("CONFIG_INVALID", error.message.split("\n")[0]);
  document.setIn(setting.key.split("."), valueIn(given, setting));
  return document.toString();
}

function valueIn(given: string, { secret, read }: Kind): unknown {
  // A password of digits stays text; only a secret that is to be none is no word of its own.
  const value = secret && given !== "null" ? given : parsed(given);
  return read === "list" && typeof value === "string" ? listIn(value) : value;
}

function parsed(given: string): unknown {
  try {
    return parse(given) ?? null;
  } catch {
    // A value such as `a: b: c` is text.
    return given;
  }
}

export interface ConfigEdit {
  readonly file: string;
  /** A file that holds a secret is its owner's alone from now on. */
  readonly setting: Kind;
  readonly value: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Changes one setting of the file, once the whole is seen to be valid. Throws CONFIG_INVALID; then nothing has changed. */
export async function editConfigFile(edit: ConfigEdit): Promise<void> {
  const { file, setting, value, cwd, env } = edit;
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new AppError("CONFIG_INVALID", `${file}: cannot be read (${error.code})`);
  });
  const next = withSetting(text, setting, value);
  const folder = await mkdtemp(join(tmpdir(), "pilotlight-config-"));
  try {
    // Under its own name, so that problems are told of the right file.
    const trial = join(folder, basename(file));
    await writeFile(trial, next, { mode: 0o600 });
    loadConfig({ cwd, env: { ...env, PILOTLIGHT_CONFIG: trial } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const known = await stat(file).catch(() => null);
  const mode = setting.secret ? 0o600 : (known?.mode ?? 0o644) & 0o777;
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, next, { mode });
  await rename(draft, file);
}

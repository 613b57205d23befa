import { mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse, parseDocument } from "yaml";
import { loadConfig } from "../config.ts";
import { AppError } from "../errors/app-error.ts";

/**
 * The text of a configuration file with one setting changed; comments, order and everything else stay.
 * @param key dotted, as `pipeline_coordination.pipeline_failure_retry_delay`
 * @param given as it would stand in the file: a number, `null`, `[a, b]`, or plain text
 */
export function withSetting(text: string, key: string, given: string): string {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new AppError("CONFIG_INVALID", error.message.split("\n")[0]);
  document.setIn(key.split("."), valueIn(given));
  return document.toString();
}

function valueIn(given: string): unknown {
  try {
    return parse(given) ?? null;
  } catch {
    // A value such as `a: b: c` is text.
    return given;
  }
}

export interface ConfigEdit {
  readonly file: string;
  readonly key: string;
  readonly value: string;
  /** Only its owner may read it from now on. */
  readonly isSecret: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Changes one setting of the file, once the whole is seen to be valid. Throws CONFIG_INVALID; then nothing has changed. */
export async function editConfigFile(edit: ConfigEdit): Promise<void> {
  const { file, key, value, isSecret, cwd, env } = edit;
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw new AppError("CONFIG_INVALID", `${file}: cannot be read (${error.code})`);
  });
  const next = withSetting(text, key, value);
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
  const mode = isSecret ? 0o600 : (known?.mode ?? 0o644) & 0o777;
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, next, { mode });
  await rename(draft, file);
}

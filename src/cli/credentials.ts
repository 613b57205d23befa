import { readFileSync, statSync } from "node:fs";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { AppError } from "../errors/app-error.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A server that somebody logged in to, under the name it was given. */
export interface Credential {
  readonly url: string;
  readonly token: string;
}
export type Credentials = Readonly<Record<string, Credential>>;

/** `$XDG_CONFIG_HOME/pilotlight/credentials.json`. */
export function credentialsFile(env: Env): string {
  const home = env.XDG_CONFIG_HOME?.trim() || join(env.HOME?.trim() || homedir(), ".config");
  return join(home, "pilotlight", "credentials.json");
}

/** By name; none where there is no file. Throws CONFIG_INVALID for one that others can read, or is no such file. */
export function readCredentials(env: Env): Credentials {
  const file = credentialsFile(env);
  let text: string;
  try {
    // Windows keeps no such bits; there the folder of the user protects it.
    if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
      throw new AppError("CONFIG_INVALID", `${file}: others can read it; mend it: chmod 600`);
    }
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  const profiles = profilesIn(text);
  if (profiles === null) throw new AppError("CONFIG_INVALID", `${file}: is no credentials file`);
  return profiles;
}

function profilesIn(text: string): Credentials | null {
  try {
    const { profiles }: { profiles?: Record<string, Partial<Credential>> } = JSON.parse(text);
    const isWhole = Object.values(profiles ?? { none: {} }).every(
      ({ url, token }) => typeof url === "string" && typeof token === "string",
    );
    return isWhole ? (profiles as Credentials) : null;
  } catch {
    return null;
  }
}

/** Appears whole, for its owner alone. */
export async function writeCredentials(env: Env, profiles: Credentials): Promise<void> {
  const file = credentialsFile(env);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ v: 1, profiles }, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);

/** The profile for a server: the one that is named, else the first with this address. */
export function credentialFor(
  profiles: Credentials,
  { name, url }: { readonly name?: string | undefined; readonly url: string | null },
): Credential | undefined {
  if (name !== undefined) return profiles[name];
  if (url === null) return undefined;
  return Object.values(profiles).find((one) => originOf(one.url) === originOf(url));
}

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config.ts";
import { AppError } from "../errors/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { type Api, createApi } from "./api-client.ts";
import { credentialFor, readCredentials } from "./credentials.ts";
import type { Interrupt } from "./interrupt.ts";
import type { Output } from "./output.ts";
import type { ProgressMode } from "./progress/progress.ts";
import { findStack } from "./stack.ts";

/** What every command may be told. */
export interface GlobalFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
  /** A server of the credentials file, by its name there. */
  readonly profile?: string | undefined;
  /** Nobody is asked anything, even at a terminal. */
  readonly noInput?: boolean | undefined;
  /** Of the object of `--json`, only these. */
  readonly fields?: readonly string[] | undefined;
  /** Progress is written here too, a JSON object a line. */
  readonly eventsFile?: string | undefined;
  readonly progress: ProgressMode;
  readonly utc: boolean;
}

export interface Context {
  readonly output: Output;
  readonly flags: GlobalFlags;
  /** Where the person called from: file names are relative to it. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly interrupt: Interrupt;
}

/**
 * What ends a command that only tells what goes on elsewhere: Ctrl-C, or that nobody reads it any more. Commands
 * that work themselves (run, submit, eval) go by `interrupt` alone: `run | head` wants fewer lines, not half the work.
 */
export const followSignal = ({ output, interrupt }: Pick<Context, "output" | "interrupt">) =>
  AbortSignal.any([interrupt.signal, output.gone]);

/** Who is at the command line, for the record. */
export const personName = ({ env }: Pick<Context, "env">): string =>
  env.USER ?? env.LOGNAME ?? env.USERNAME ?? "operator";

/** Two levels up lies the checkout, from `src/cli` and from `dist/cli` alike. */
export const checkout = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The configuration of this checkout, wherever it is called from: one clone has one state. Paths in
 * the environment are the caller's.
 * @param profile used unless a file or the environment says otherwise
 */
export async function configOf(context: Context, profile?: "demo"): Promise<Config> {
  const { loadConfig } = await import("../config.ts");
  const env = { ...context.env };
  for (const name of ["PILOTLIGHT_HOME", "PILOTLIGHT_CONFIG", "PILOTLIGHT_PACKS_DIR"]) {
    const path = env[name]?.trim();
    if (path) env[name] = resolve(context.cwd, path);
  }
  const config = loadConfig({ cwd: checkout, env });
  const origin = config.settings.find((one) => one.key === "profile")?.origin;
  // Short keep-alives are for a look at one's own machine: a rented one is paid by the quantum.
  const isRented = config.providers.some(({ kind }) => kind === "verda" || kind === "kubernetes");
  if (profile === undefined || origin !== "default" || isRented) return config;
  return loadConfig({ cwd: checkout, env, overrides: { profile } });
}

/**
 * The bearer token: of the file named, of PILOTLIGHT_TOKEN, of the credentials file for this server, else
 * the first key of this checkout's own configuration.
 */
export async function tokenOf(
  context: Context,
  config: Config | null,
  url: string | null,
): Promise<string | null> {
  const { env, flags } = context;
  const file = flags.tokenFile;
  if (file === undefined) {
    const given = env.PILOTLIGHT_TOKEN?.trim();
    if (given) return given;
    const known = credentialFor(readCredentials(env), { name: flags.profile, url });
    return known?.token ?? config?.apiKeys[0] ?? null;
  }
  const text = await readFile(resolve(context.cwd, file), "utf8").catch((error) => {
    throw new AppError("CONFIG_INVALID", `--token-file: ${error.message}`);
  });
  const token = text.trim();
  if (token === "" || /\s/.test(token)) {
    throw new AppError("CONFIG_INVALID", "--token-file: must hold one token and nothing else");
  }
  return token;
}

/** `--url`, or the address of `--profile`; checked. Throws USAGE. */
export function givenUrl({ flags, env }: Context): string | null {
  if (flags.url === undefined && flags.profile !== undefined) {
    const profile = readCredentials(env)[flags.profile];
    if (profile !== undefined) return profile.url;
    const message = `there is no profile "${flags.profile}"\nSee: pilotlight auth status`;
    throw new AppError("USAGE", message);
  }
  if (flags.url === undefined) return null;
  const url = URL.canParse(flags.url) ? new URL(flags.url) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AppError("USAGE", `--url must be an http address, not "${flags.url}"`);
  }
  return flags.url;
}

/** The API of a server that must run already. Throws SERVER_UNREACHABLE when none does. */
export async function runningApi(context: Context): Promise<Api> {
  const url = givenUrl(context);
  if (url !== null) return createApi(url, await tokenOf(context, null, url));
  const config = await configOf(context);
  const record = await findStack(config.stateDir);
  if (record === null) throw new AppError("SERVER_UNREACHABLE", "None runs in this checkout.");
  return createApi(record.url, await tokenOf(context, config, record.url));
}

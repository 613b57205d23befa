import { AppError } from "../../errors/app-error.ts";
import { createApi } from "../api-client.ts";
import { type Context, configOf, givenUrl, tokenOf } from "../context.ts";
import {
  type Credentials,
  credentialsFile,
  readCredentials,
  writeCredentials,
} from "../credentials.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSecret } from "../secret.ts";
import { findStack } from "../stack.ts";
import { cell } from "../text.ts";

/** Where the command goes: `--url`, a profile's, or the stack of this checkout. */
async function serverOf(context: Context): Promise<string> {
  const { flags, env } = context;
  const isNew = flags.profile !== undefined && readCredentials(env)[flags.profile] === undefined;
  const given = isNew && flags.url === undefined ? null : givenUrl(context);
  if (given !== null) return given;
  const record = await findStack((await configOf(context)).stateDir);
  if (record === null) throw new AppError("USAGE", "name the server: --url https://...");
  return record.url;
}

/** Tries a key that stdin brings, and keeps it for this server. Throws UNAUTHORIZED for one that opens nothing. */
export async function authLogin(context: Context): Promise<number> {
  const { output, interrupt, env, flags } = context;
  const url = await serverOf(context);
  const token = await readSecret(context, `API key for ${url}: `);
  await createApi(url, token).list({ limit: 1 }, interrupt.signal);
  const name = flags.profile ?? new URL(url).host;
  const file = credentialsFile(env);
  await writeCredentials(env, { ...readCredentials(env), [name]: { url, token } });
  if (output.json) output.object("login", { profile: name, url, file });
  else output.data(`Logged in to ${url} as profile ${name}; kept in ${file}`);
  return exitCodes.ok;
}

/** Which servers are known, and whether the key for the present one opens it. */
export async function authStatus(context: Context): Promise<number> {
  const { output, env } = context;
  const profiles = readCredentials(env);
  const known = Object.entries(profiles).map(([profile, { url }]) => ({ profile, url }));
  const server = await present(context);
  if (output.json) {
    output.object("auth", { file: credentialsFile(env), profiles: known, server });
  } else {
    for (const { profile, url } of known) output.data(`${cell(profile, 24, output.style)} ${url}`);
    if (known.length === 0) output.say("No server is known: pilotlight auth login --url URL");
    if (server !== null) {
      const word = { open: "open", refused: "the key is refused", unreachable: "does not answer" };
      output.data(`${server.url}: ${word[server.state]}`);
    }
  }
  if (server === null || server.state === "open") return exitCodes.ok;
  return server.state === "refused" ? exitCodes.notAllowed : exitCodes.unreachable;
}

const isNamed = ({ flags }: Context): boolean =>
  flags.url !== undefined || flags.profile !== undefined;

async function present(
  context: Context,
): Promise<{ url: string; state: "open" | "refused" | "unreachable" } | null> {
  const url = await serverOf(context).catch((error) => {
    if (isNamed(context)) throw error;
    return null;
  });
  if (url === null) return null;
  // The keys of this checkout's configuration open its own server: any other would only learn them.
  const config = isNamed(context) ? null : await configOf(context);
  const token = await tokenOf(context, config, url);
  try {
    await createApi(url, token).list({ limit: 1 }, context.interrupt.signal);
    return { url, state: "open" };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const isRefused = error.code === "UNAUTHORIZED" || error.code === "FORBIDDEN";
    return { url, state: isRefused ? "refused" : "unreachable" };
  }
}

/** Forgets the key of a server; the key itself goes on working for others. */
export async function authLogout(context: Context): Promise<number> {
  const { output, env } = context;
  const profiles = readCredentials(env);
  const name = context.flags.profile ?? (await nameOf(context, profiles));
  const gone = name === undefined ? undefined : profiles[name];
  if (name === undefined || gone === undefined) {
    throw new AppError("USAGE", "nobody is logged in there\nSee: pilotlight auth status");
  }
  const { [name]: _, ...rest } = profiles;
  await writeCredentials(env, rest);
  if (output.json) output.object("logout", { profile: name, url: gone.url });
  else output.data(`Forgot the key for ${gone.url} (${name})`);
  return exitCodes.ok;
}

async function nameOf(context: Context, profiles: Credentials): Promise<string | undefined> {
  const { origin } = new URL(await serverOf(context));
  return Object.keys(profiles).find((name) => new URL(profiles[name]?.url ?? "").origin === origin);
}

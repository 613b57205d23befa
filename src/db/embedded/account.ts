import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startFailed } from "./failure.ts";

const run = promisify(execFile);

/** The operating-system user a server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Programs of the system are found here whatever PATH the caller has; nothing else is handed on. */
export const plainEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
};

const usual = "postgres";
const made = "pilotlight-db";

/**
 * PostgreSQL refuses to run as root: finds a user for it, or makes one.
 * @returns the user, and one sentence when it was made just now
 */
export async function serverAccount(): Promise<{ account: Account; notice: string | null }> {
  const found = (await lookUp(usual)) ?? (await lookUp(made));
  if (found !== null) return { account: found, notice: null };
  await makeUser();
  const account = await lookUp(made);
  if (account === null) {
    throw startFailed(
      `PostgreSQL does not run as root, and no system user could be made for it. Start as an ordinary user, or set DATABASE_URL.`,
    );
  }
  const notice = `PostgreSQL does not run as root, so the system user ${made} was made for it.`;
  return { account, notice };
}

async function lookUp(name: string): Promise<Account | null> {
  const [uid, gid] = await Promise.all([idOf("-u", name), idOf("-g", name)]);
  return uid === null || gid === null || uid === 0 ? null : { uid, gid };
}

async function idOf(flag: "-u" | "-g", name: string): Promise<number | null> {
  const seen = await run("id", [flag, name], { env: plainEnvironment }).catch(() => null);
  const id = Number.parseInt(seen?.stdout ?? "", 10);
  return Number.isInteger(id) ? id : null;
}

/** Tries the tools that Linux systems have. Two at once: the loser fails, and both find the user. */
async function makeUser(): Promise<void> {
  const useradd = ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", made];
  const adduser = ["--system", "--group", "--no-create-home", "--shell", "/bin/false", made];
  for (const [tool, args] of [
    ["useradd", useradd],
    ["adduser", adduser],
  ] as const) {
    await run(tool, args, { env: plainEnvironment }).catch(() => undefined);
    if ((await lookUp(made)) !== null) return;
  }
}

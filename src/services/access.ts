import { createHash } from "node:crypto";
import { type ApiKey, ensureApiKeys, findKey, findKeyById, workspaceExists } from "../db/access.ts";
import { AppError } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";
import { isSealedWith, sealSession, sessionIn } from "./session-seal.ts";

const defaultWorkspace = "default";
/** Browsers that bring back their tabs keep cookies of a session for ever: so it ends by itself. */
const sessionMs = 7 * 24 * 3_600_000;

const hashOf = (key: string): Buffer => createHash("sha256").update(key).digest();

/** Who asks: by an API key, else by the session a browser was given for one; "" where there is none. */
export interface Caller {
  readonly key: string;
  readonly session: string;
}

/** What is known of who asks. */
export interface Presence {
  /** false: this installation asks nobody for a key. */
  readonly keyNeeded: boolean;
  /** null: not signed in. */
  readonly workspace: string | null;
  /** Of a session; null: there is none. */
  readonly expiresAtMs: number | null;
}

/** Who may do what: an API key opens the workspace it belongs to, and no other. */
export interface Access {
  start(): Promise<void>;
  /**
   * The workspace a request works in. `asked` is the route's part (`-`: the caller's own). Without any
   * configured key everybody who reaches the server is trusted: it then listens on loopback only.
   * Throws UNAUTHORIZED, FORBIDDEN.
   */
  workspaceOf(caller: Caller, asked: string): Promise<string>;
  presenceOf(caller: Caller): Promise<Presence>;
  /** A session for a browser; `session` is null where no key is needed. Throws KEY_UNKNOWN. */
  signIn(key: string): Promise<Presence & { readonly session: string | null }>;
}

export function createAccess(context: ServiceContext, keys: readonly string[]): Access {
  const { sql, clock } = context;
  const configured = new Set(keys.map((key) => hashOf(key).toString("hex")));
  /** What was taken out of the configuration opens nothing any more, though it is known still. */
  const counts = (key: ApiKey | undefined): key is ApiKey =>
    key !== undefined && (!key.isConfigured || configured.has(key.hash.toString("hex")));
  const open: Presence = { keyNeeded: false, workspace: defaultWorkspace, expiresAtMs: null };

  const ofSession = async (text: string): Promise<Presence | undefined> => {
    const session = sessionIn(text);
    if (session === undefined || session.expiresAtMs <= clock.nowMs()) return undefined;
    const key = await findKeyById(sql, session.keyId);
    if (!counts(key) || !isSealedWith(text, key.hash)) return undefined;
    return { keyNeeded: true, workspace: key.workspace, expiresAtMs: session.expiresAtMs };
  };
  const known = async ({ key, session }: Caller): Promise<Presence | undefined> => {
    if (key === "") return ofSession(session);
    const found = await findKey(sql, hashOf(key));
    if (!counts(found)) return undefined;
    return { keyNeeded: true, workspace: found.workspace, expiresAtMs: null };
  };
  const sessionFor = ({ id, hash, workspace }: ApiKey) => {
    const expiresAtMs = clock.nowMs() + sessionMs;
    const session = sealSession({ keyId: id, expiresAtMs }, hash);
    return { keyNeeded: true, workspace, expiresAtMs, session };
  };

  return {
    start: () => ensureApiKeys(sql, defaultWorkspace, keys.map(hashOf)),
    async workspaceOf(caller, asked) {
      if (keys.length === 0) {
        const workspace = asked === "-" ? defaultWorkspace : asked;
        if (workspace !== defaultWorkspace && !(await workspaceExists(sql, workspace))) {
          throw new AppError("FORBIDDEN", `There is no workspace ${workspace}.`);
        }
        return workspace;
      }
      const own = (await known(caller))?.workspace ?? null;
      if (own === null) throw new AppError("UNAUTHORIZED");
      if (asked !== "-" && asked !== own) throw new AppError("FORBIDDEN");
      return own;
    },
    async presenceOf(caller) {
      if (keys.length === 0) return open;
      return (await known(caller)) ?? { keyNeeded: true, workspace: null, expiresAtMs: null };
    },
    async signIn(key) {
      if (keys.length === 0) return { ...open, session: null };
      const found = await findKey(sql, hashOf(key));
      if (!counts(found)) throw new AppError("KEY_UNKNOWN");
      return sessionFor(found);
    },
  };
}

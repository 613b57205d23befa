import { createHash } from "node:crypto";
import { ensureApiKeys, findKeyWorkspace, workspaceExists } from "../db/access.ts";
import { AppError } from "../errors/app-error.ts";
import type { ServiceContext } from "./context.ts";

const defaultWorkspace = "default";

const hashOf = (key: string): Buffer => createHash("sha256").update(key).digest();

/** Who may do what: an API key opens the workspace it belongs to, and no other. */
export interface Access {
  start(): Promise<void>;
  /**
   * The workspace a request works in. `asked` is the route's part (`-`: the caller's own). Without any
   * configured key everybody who reaches the server is trusted: it then listens on loopback only.
   * Throws UNAUTHORIZED, FORBIDDEN.
   */
  workspaceOf(token: string, asked: string): Promise<string>;
}

export function createAccess(context: ServiceContext, keys: readonly string[]): Access {
  return {
    start: () => ensureApiKeys(context.sql, defaultWorkspace, keys.map(hashOf)),
    async workspaceOf(token, asked) {
      if (keys.length === 0) {
        const workspace = asked === "-" ? defaultWorkspace : asked;
        if (workspace !== defaultWorkspace && !(await workspaceExists(context.sql, workspace))) {
          throw new AppError("FORBIDDEN", `There is no workspace ${workspace}.`);
        }
        return workspace;
      }
      const own = token === "" ? undefined : await findKeyWorkspace(context.sql, hashOf(token));
      if (own === undefined) throw new AppError("UNAUTHORIZED");
      if (asked !== "-" && asked !== own) throw new AppError("FORBIDDEN");
      return own;
    },
  };
}

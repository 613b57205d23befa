import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { connect } from "../../src/db/connect.ts";
import { startEmbeddedPostgres } from "../../src/db/embedded/start.ts";
import { migrate } from "../../src/db/migrate.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A URL whose user may create databases. */
    adminUrl: string;
    /** The migrated database that tests are cloned from. */
    templateDatabase: string;
  }
}

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * One server for all database tests of a run: that of `DATABASE_URL_TEST`, or an embedded one in a
 * temporary folder. Tests clone a template that is migrated once.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL_TEST ?? "";
  const server = given === "" ? await startTemporary() : { url: given, stop: async () => {} };
  const template = `pilotlight_template_${process.pid}`;
  const tearDown = async (): Promise<void> => {
    try {
      await administer(server.url, `drop database if exists ${template} with (force)`);
    } finally {
      await server.stop();
    }
  };
  try {
    await administer(server.url, `drop database if exists ${template} with (force)`);
    await administer(server.url, `create database ${template}`);
    await migrateTemplate(server.url, template);
  } catch (error) {
    await tearDown();
    throw error;
  }
  project.provide("adminUrl", server.url);
  project.provide("templateDatabase", template);
  return tearDown;
}

async function startTemporary(): Promise<Server> {
  const dir = await mkdtemp(join(tmpdir(), "pilotlight-test-"));
  try {
    // Run as root, the server is another user, who must be able to pass.
    await chmod(dir, 0o755);
    const stateDir = join(dir, "state");
    // The data is thrown away, so nothing waits for the disk; all test files share the connections.
    const settings = { fsync: "off", max_connections: "200", max_wal_size: "1GB" };
    const server = await startEmbeddedPostgres({ stateDir, sharedRoot: dir, settings });
    const stop = async (): Promise<void> => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    };
    return { url: server.url, stop };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = connect(url, { max: 1, name: "pilotlight-test-setup" });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

async function migrateTemplate(adminUrl: string, template: string): Promise<void> {
  const sql = connect(urlOf(adminUrl, template), { max: 1, name: "pilotlight-test-setup" });
  try {
    await migrate(sql);
  } finally {
    await sql.end();
  }
}

function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

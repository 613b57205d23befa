import type { TestProject } from "vitest/node";
import { connect } from "../../src/db/connect.ts";
import { migrate } from "../../src/db/migrate.ts";
import { startTemporaryPostgres } from "./temporary-postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A URL whose user may create databases. */
    adminUrl: string;
    /** The migrated database that tests are cloned from. */
    templateDatabase: string;
  }
}

/**
 * One server for all tests of a project and run: that of `DATABASE_URL_TEST`, or an embedded one in a
 * temporary folder. Tests clone a template that is migrated once.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL_TEST ?? "";
  const server =
    given === "" ? await startTemporaryPostgres() : { url: given, stop: async () => {} };
  const template = `pilotlight_template_${project.name}_${process.pid}`;
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

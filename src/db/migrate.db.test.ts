import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { session } from "../../test/support/queue.ts";
import { connect, type Sql } from "./connect.ts";
import { type Migration, migrate, readMigrations } from "./migrate.ts";

const name = `pilotlight_migrate_${randomBytes(6).toString("hex")}`;
let admin: Sql;
let url = "";
const open: Sql[] = [];
const person = (): Sql => {
  const sql = session(url);
  open.push(sql);
  return sql;
};
beforeAll(() => {
  admin = connect(inject("adminUrl"), { max: 1 });
  const own = new URL(inject("adminUrl"));
  own.pathname = `/${name}`;
  url = own.href;
});
afterAll(async () => {
  await Promise.all(open.map((sql) => sql.end({ timeout: 1 })));
  await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.end();
});

const step = (number: number, text: string): Migration => ({
  number,
  name: `000${number}_test.sql`,
  text,
  checksum: createHash("sha256").update(text).digest("hex"),
});

/** Every test an empty database of the same name. */
async function empty(): Promise<void> {
  await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.unsafe(`create database ${name}`);
}

describe("migrate", () => {
  it("is done once by several that start together", async () => {
    await empty();
    const applied = await Promise.all([person(), person(), person()].map((sql) => migrate(sql)));
    const all = (await readMigrations()).map((one) => one.name);
    expect(applied.flat().sort()).toEqual(all);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate(person())).toEqual([]);
  });

  it("applies only what is missing, in order", async () => {
    await empty();
    const first = step(1, "create table numbers (n int)");
    const second = step(2, "insert into numbers select count(*) from numbers");
    expect(await migrate(person(), [first])).toEqual([first.name]);
    expect(await migrate(person(), [first, second])).toEqual([second.name]);
    expect(await person()`select n from numbers`).toEqual([{ n: 0 }]);
  });

  it("gives decisions from before verdicts none, and asks for one of each that follows", async () => {
    await empty();
    const all = await readMigrations();
    const sql = person();
    await migrate(
      sql,
      all.filter((one) => one.number < 17),
    );
    const decide = (sentence: string) => sql`
      insert into decisions (policy, pool, action, rule, sentence, inputs) values ('p', 'text', 'hold', 'r', ${sentence}, '{}')`;
    await decide("before");
    await migrate(sql, all);
    await decide("after");
    const rows = await sql`select sentence, verdict ->> 'kind' as kind from decisions order by id`;
    expect(rows).toEqual([
      { sentence: "before", kind: "unjudged" },
      { sentence: "after", kind: null },
    ]);
  });

  it("changes nothing when a step fails", async () => {
    await empty();
    const good = step(1, "create table kept (n int)");
    const bad = step(2, "select 1 / 0");
    await expect(migrate(person(), [good, bad])).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
    });
    expect(await person()`select to_regclass('kept') as kept`).toEqual([{ kept: null }]);
    expect(await migrate(person(), [good])).toEqual([good.name]);
  });

  it("refuses a database that is newer, or was made by other files", async () => {
    await empty();
    const first = step(1, "create table a (n int)");
    await migrate(person(), [first, step(2, "create table b (n int)")]);
    await expect(migrate(person(), [first])).rejects.toMatchObject({ code: "SCHEMA_TOO_NEW" });
    const changed = [first, step(2, "create table c (n int)")];
    await expect(migrate(person(), changed)).rejects.toMatchObject({ code: "MIGRATION_FAILED" });
  });
});

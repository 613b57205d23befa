/**
 * The checker as a process of its own: told a database and a file of evidence in its arguments, it
 * says its verdicts as JSON.
 */
import { readFile } from "node:fs/promises";
import { connect } from "../../../src/db/connect.ts";
import { check } from "./check.ts";
import type { Evidence } from "./evidence.ts";

const [databaseUrl = "", file = ""] = process.argv.slice(2);
const evidence = JSON.parse(await readFile(file, "utf8")) as Evidence;
const sql = connect(databaseUrl, { max: 1, name: "chaos check" });
try {
  process.stdout.write(`${JSON.stringify(await check(sql, evidence))}\n`);
} finally {
  await sql.end({ timeout: 1 });
}

/**
 * `npm run test:postgres -- [majors] [arguments of vitest]`: the database tests on other versions of
 * PostgreSQL, one after the other, each on a server of its own that is gone afterwards.
 */
import { constants } from "node:os";
import { runNode } from "../../scripts/set-up/child.mjs";
import { root, say } from "../../scripts/set-up/paths.mjs";
import { installPostgres, majors } from "../../scripts/set-up/postgres.mjs";
import { checkServer, connect } from "../../src/db/connect.ts";
import { startTemporaryPostgres } from "./temporary-postgres.ts";

let signalled = null;
// Heard from the first moment on, so that no server and no folder is left: `runNode` hands a signal to
// its child, and what follows here still ends the server.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    signalled ??= signal;
  });
}

/** @returns {Promise<number>} vitest's exit code */
async function testOn(major, args) {
  const packages = await installPostgres(major);
  if (signalled !== null) return 1;
  const server = await startTemporaryPostgres(packages);
  try {
    if (signalled !== null) return 1;
    say(`PostgreSQL ${await versionOf(server.url)}`);
    const vitest = `${root}/node_modules/vitest/vitest.mjs`;
    const env = { ...process.env, DATABASE_URL_TEST: server.url };
    return await runNode([vitest, "run", "--project", "db", ...args], { stdio: "inherit", env });
  } finally {
    await server.stop();
  }
}

async function versionOf(url) {
  const sql = connect(url, { max: 1 });
  try {
    return await checkServer(sql);
  } finally {
    await sql.end();
  }
}

/** Numbers in front are versions; the rest is for vitest. */
function split(args) {
  const firstOther = args.findIndex((arg) => !/^\d+$/.test(arg));
  const count = firstOther === -1 ? args.length : firstOther;
  return { chosen: args.slice(0, count), rest: args.slice(count) };
}

const { chosen, rest } = split(process.argv.slice(2));
const unknown = chosen.find((major) => !majors.includes(major));
if (unknown !== undefined) {
  say(`Versions: ${majors.join(", ")}. "npm test" runs on the one Pilotlight brings along.`);
  process.exit(2);
}
const outcomes = [];
for (const major of chosen.length === 0 ? majors : chosen) {
  if (signalled !== null) break;
  const startedMs = Date.now();
  const code = await testOn(major, rest).catch((error) => {
    say(String(error?.message ?? error));
    return 1;
  });
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const result = signalled !== null ? "interrupted" : code === 0 ? "passed" : "FAILED";
  outcomes.push({ code, line: `PostgreSQL ${major}: ${result}, ${seconds} s` });
}
say(`\n${outcomes.map(({ line }) => line).join("\n")}`);
if (signalled !== null) process.exit(128 + constants.signals[signalled]);
process.exitCode = outcomes.some(({ code }) => code !== 0) ? 1 : 0;

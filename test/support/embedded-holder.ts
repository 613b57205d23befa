/** Starts the embedded server of the folder in its argument, says its URL, and stays until killed. */
import { startEmbeddedPostgres } from "../../src/db/embedded/start.ts";

const [stateDir = "", sharedRoot = ""] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ stateDir, sharedRoot });
process.stdout.write(`${server.url}\n`);
process.stdin.resume();

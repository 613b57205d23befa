// A process for the tests of the supervisor: calls home, tells every signal, and ends when told to.
import { connect } from "node:net";

const { CALL_HOME, NAME = "?", LINGERS } = process.env;
const home = connect(Number(CALL_HOME), "127.0.0.1");
const say = (word) => home.write(`${JSON.stringify({ name: NAME, word, pid: process.pid })}\n`);

process.on("SIGTERM", () => {
  say("SIGTERM");
  if (LINGERS === undefined) process.exit(0);
});
process.on("SIGINT", () => say("SIGINT"));
home.on("connect", () => {
  const given = Object.entries(process.env).filter(([name]) => /^(OLLAMA|PILOTLIGHT)_/.test(name));
  process.stdout.write(`given ${JSON.stringify(Object.fromEntries(given))}\n`);
  say("up");
});
home.on("error", () => process.exit(8));
home.on("data", (data) => process.exit(Number(data.toString())));

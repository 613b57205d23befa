// The smallest container: calls home at once, obeys a few words, ends on SIGTERM or with its parent.
import { spawn } from "node:child_process";
import { connect } from "node:net";

const { CALL_HOME, CONTAINER_NAME = "?", STUBBORN, WITH_CHILD } = process.env;
const home = connect(Number(CALL_HOME), "127.0.0.1");
const say = (word) =>
  home.write(`${JSON.stringify({ name: CONTAINER_NAME, word, pid: process.pid })}\n`);

process.on("SIGTERM", () => {
  if (STUBBORN) say("refused");
  else process.exit(0);
});
process.on("disconnect", () => process.exit(7));

if (WITH_CHILD) {
  const env = { CALL_HOME, CONTAINER_NAME: `${CONTAINER_NAME}/child`, STUBBORN: "1" };
  spawn(process.execPath, [process.argv[1]], { env, stdio: "inherit" });
}

// The calls to a shared model server: `ask 1`, `give 1`, and what comes back.
process.on("message", ({ kind, id }) => say(`${kind} ${id}`));

home.on("connect", () => {
  process.stdout.write(`environment ${JSON.stringify(Object.keys(process.env).sort())}\n`);
  say("up");
});
home.on("error", () => process.exit(8));
home.on("data", (data) => {
  const word = data.toString();
  if (word === "crash") {
    process.stderr.write("last words: out of memory\n");
    process.exit(3);
  }
  const [verb, id] = word.split(" ");
  if (verb === "ask" || verb === "give") {
    process.send({ kind: `slot.${verb}`, id: Number(id) }, () => say(`said ${word}`));
  }
  if (word === "hang up") {
    process.removeAllListeners("disconnect");
    process.disconnect();
  }
  if (word.startsWith("chatter ")) {
    process.stdout.write(`${"x".repeat(Number(word.slice(8)))}\n`);
    say("chattered");
  }
});

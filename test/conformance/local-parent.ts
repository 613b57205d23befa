import { systemClock } from "../../src/lib/clock.ts";
import { createLocalProvider } from "../../src/providers/local/local.ts";
import { replicaName } from "../../src/providers/provider.ts";

/** A control plane of one replica, made to be killed: `local-parent.ts ENTRY STATE_DIR PORT`. */
const [file = "", stateDir = "", port = ""] = process.argv.slice(2);
const installation = `parent${process.pid}`;
const provider = createLocalProvider({
  installation,
  stateDir,
  entry: { file, execArgv: [] },
  env: {},
  clock: systemClock,
  graceMs: 1_000,
});
const name = replicaName(installation, "vision", 1);
const env = { CALL_HOME: port, CONTAINER_NAME: "orphan" };
const rest = { env, secrets: {}, machine: null };
await provider.apply({ name, installation, pool: "vision", replica: 1, ...rest }, "running");

import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

/** Variables for a container on a machine of one's own, a line each, as an env file. */
export async function fleetJoin(context: Context, options: { pool: string }): Promise<number> {
  const { output, interrupt } = context;
  const api = await runningApi(context);
  const { replica, env } = await api.fleet.join(options.pool, interrupt.signal);
  if (output.json) output.object("join", { replica, env });
  else {
    const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    output.data(lines.join("\n"));
    output.say(
      `These are secrets. Start it there as ${replica} with them: node dist/worker/supervisor.js`,
    );
  }
  return exitCodes.ok;
}

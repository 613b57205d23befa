import type { ReplicaView } from "../../contract/fleet.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Api } from "../api-client.ts";
import { type Person, personAt } from "../confirm.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { plural } from "../text.ts";
import { reportOrder } from "./fleet-order.ts";

export interface FleetStopOptions {
  readonly yes?: boolean | undefined;
  readonly reason?: string | undefined;
}

/** Stops a replica now. A person is asked first, unless `--yes`; without one that is a USAGE error. */
export async function fleetStop(
  context: Context,
  name: string,
  { yes = false, reason }: FleetStopOptions,
  person: Person = personAt(process.stdin, process.stderr),
): Promise<number> {
  const { output, interrupt } = context;
  if (!yes && !person.isThere) {
    throw new AppError("USAGE", "stop asks first; where nobody can answer, say --yes");
  }
  const api = await runningApi(context);
  if (!yes) {
    const question = `${questionOf(await find(api, name, interrupt.signal))} Stop it now?`;
    if (!(await person.confirm(question, interrupt.signal))) {
      const sentence = `${name} was left as it is.`;
      if (output.json) output.object("order", { changed: false, sentence });
      else output.say(sentence);
      return exitCodes.refused;
    }
  }
  const body = reason === undefined ? {} : { reason };
  return reportOrder(context, await api.fleet.order("stop", name, body, interrupt.signal));
}

async function find(api: Api, name: string, signal: AbortSignal): Promise<ReplicaView> {
  const { replicas } = await api.fleet.get(signal);
  const found = replicas.find((replica) => replica.name === name);
  if (found === undefined) throw new AppError("REPLICA_NOT_FOUND", name);
  return found;
}

function questionOf({ name, leases }: ReplicaView): string {
  if (leases === 0) return `${name} works on nothing.`;
  const it = leases === 1 ? "it goes back and is" : "they go back and are";
  return `${name} works on ${plural(leases, "task")}; ${it} done elsewhere. To let it finish: pilotlight fleet drain ${name}.`;
}

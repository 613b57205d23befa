import type { OrderAnswer } from "../../contract/fleet.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { OrderKind } from "../fleet-api.ts";
import { oneLine } from "../text.ts";

export interface FleetOrderOptions {
  readonly reason?: string | undefined;
}

/** Gives an order to a pool (`pause`, `resume`) or a replica (`drain`). Giving it again is fine. */
export async function fleetOrder(
  context: Context,
  kind: Exclude<OrderKind, "stop">,
  target: string,
  { reason }: FleetOrderOptions,
): Promise<number> {
  const api = await runningApi(context);
  const body = reason === undefined ? {} : { reason };
  return reportOrder(context, await api.fleet.order(kind, target, body, context.interrupt.signal));
}

/** What an order will do, in its own sentence. */
export function reportOrder({ output }: Context, answer: OrderAnswer): number {
  if (output.json) output.object("order", answer);
  else output.data(oneLine(answer.sentence));
  return exitCodes.ok;
}

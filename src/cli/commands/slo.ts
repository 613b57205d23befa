import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { readSlos } from "../money-api.ts";
import { slosText } from "../report/slos.ts";

/** How each objective stands; with `check`, a spent budget is a failure. Without data none is spent. */
export async function slo(context: Context, { check }: { readonly check?: true }): Promise<number> {
  const { output, interrupt } = context;
  const slos = await readSlos(await runningApi(context), interrupt.signal);
  if (output.json) output.object("slos", slos);
  else output.data(slosText(slos, output.style));
  return check === true && slos.spent.length > 0 ? exitCodes.failed : exitCodes.ok;
}

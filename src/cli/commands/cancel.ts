import { type Context, personName, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { oneLine } from "../text.ts";

/** Cancels one document; what is finished is kept. */
export async function cancel(context: Context, id: string): Promise<number> {
  const { output, interrupt } = context;
  const api = await runningApi(context);
  const document = await api.cancel(id, personName(context), interrupt.signal);
  if (output.json) output.object("document", document);
  else
    output.data(`${document.id}  ${oneLine(document.name)}: ${document.pipeline.status.sentence}`);
  return exitCodes.ok;
}

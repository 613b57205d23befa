import { type Context, runningApi } from "../context.ts";
import { exitCodeOfStates, exitCodes } from "../exit-codes.ts";
import { isOver } from "../follow.ts";
import { statusText } from "../report/status.ts";

/** One look at one document. The exit code tells how it ended; 0 while it runs. */
export async function status(context: Context, id: string): Promise<number> {
  const { output, interrupt, flags } = context;
  const api = await runningApi(context);
  const document = await api.document(id, interrupt.signal);
  if (output.json) output.object("document", document);
  else output.data(statusText(document, output.style, flags.utc));
  return isOver(document) ? exitCodeOfStates([document.pipeline.state]) : exitCodes.ok;
}

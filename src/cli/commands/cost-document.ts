import { checked } from "../checked.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { documentCostText } from "../report/document-cost.ts";

/** What one document cost, and why. Throws DOCUMENT_NOT_FOUND. */
export async function documentCost(context: Context, id: string): Promise<number> {
  const { output, interrupt } = context;
  const api = await runningApi(context);
  const path = `/api/workspaces/-/documents/${encodeURIComponent(id)}/cost`;
  const answer = await api.raw(path, {}, interrupt.signal);
  const contract = await import("../../contract/document-cost.ts");
  const cost = await checked(await answer.json(), contract.documentCost);
  if (output.json) output.object("document-cost", cost);
  else output.data(documentCostText(cost, output.style));
  return exitCodes.ok;
}

import type { DeletedDocument } from "../../contract/documents.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Api } from "../api-client.ts";
import { type Person, personAt } from "../confirm.ts";
import { type Context, personName, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { oneLine, plural } from "../text.ts";

/**
 * Deletes documents with all that was made of them. A person is asked first, unless `--yes`; without one that
 * is a USAGE error. What is deleted already is no error.
 */
export async function rm(
  context: Context,
  ids: readonly string[],
  { yes = false }: { readonly yes?: boolean | undefined },
  person: Person = personAt(process.stdin, process.stderr),
): Promise<number> {
  const { output, interrupt } = context;
  if (!yes && !person.isThere) {
    throw new AppError("USAGE", "rm asks first; where nobody can answer, say --yes");
  }
  const api = await runningApi(context);
  if (!yes) {
    for (const id of ids) output.say(await lineOf(api, id, interrupt.signal));
    const what = `${plural(ids.length, "document")} with file, results and reviews, for good`;
    if (!(await person.confirm(`Delete ${what}?`, interrupt.signal))) {
      if (output.json) output.object("deleted", { documents: [] });
      else output.say("Nothing was deleted.");
      return exitCodes.refused;
    }
  }
  const documents: DeletedDocument[] = [];
  for (const id of ids) {
    const gone = await api.remove(id, personName(context), interrupt.signal);
    documents.push(gone);
    if (!output.json) output.data(`${gone.document}  deleted by ${oneLine(gone.by)}`);
  }
  if (output.json) output.object("deleted", { documents });
  return exitCodes.ok;
}

/** What is about to go; one that is gone already has no name left. */
async function lineOf(api: Api, id: string, signal: AbortSignal): Promise<string> {
  try {
    const { name } = await api.document(id, signal);
    return `${id}  ${oneLine(name)}`;
  } catch (error) {
    if (error instanceof AppError && error.code === "DOCUMENT_NOT_FOUND") return id;
    throw error;
  }
}

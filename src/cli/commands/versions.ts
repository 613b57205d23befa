import type { VersionList } from "../../contract/portfolio.ts";
import { versionMark } from "../../core/portfolio/version-words.ts";
import { type Context, personName, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { tableText } from "../report/table.ts";
import { dateText, oneLine } from "../text.ts";

/** All files of a document's deck with their runs. */
export async function versionsLs(context: Context, id: string): Promise<number> {
  const { output, interrupt } = context;
  const list = await (await runningApi(context)).decks.versions(id, interrupt.signal);
  if (output.json) output.object("versions", list);
  else output.data(listText(context, list));
  return exitCodes.ok;
}

/** Makes a document's file a version of the deck of `other`; null: a deck of its own. Its other runs go with it. */
export async function versionsChoose(
  context: Context,
  id: string,
  other: string | null,
): Promise<number> {
  const { output, interrupt } = context;
  const { decks } = await runningApi(context);
  const by = personName(context);
  const { id: document } = await decks.chooseVersion(id, { of: other, by }, interrupt.signal);
  const list = await decks.versions(document, interrupt.signal);
  if (output.json) output.object("versions", list);
  else output.data(listText(context, list));
  return exitCodes.ok;
}

function listText({ output, flags }: Context, { document, versions }: VersionList): string {
  if (versions.length < 2) return `${document} has no other version, and its file no other run.`;
  const rows = versions.map((one) => [
    versionMark({ version: one, fileRun: one.fileRun }),
    one.document,
    oneLine(one.name),
    one.state.replaceAll("_", " "),
    dateText(one.createdAt, flags.utc),
  ]);
  const heads = ["VERSION", "DOCUMENT", "NAME", "STATE", "SUBMITTED"];
  return tableText(heads, rows, output.style, [0, 1, 2, 3, 4]);
}

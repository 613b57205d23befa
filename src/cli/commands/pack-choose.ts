import { AppError } from "../../errors/app-error.ts";
import { type Context, personName, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { packWord } from "../pack-folder.ts";
import { activatedText } from "../report/pack.ts";

/** Runs new documents with this version from now on. */
export async function packActivate(context: Context, word: string): Promise<number> {
  const { name, version } = packWord(word);
  if (version === null) throw new AppError("USAGE", `name a version, such as ${name}@2`);
  const api = (await runningApi(context)).packs;
  const body = { version, by: personName(context) };
  return told(context, await api.activate(name, body, context.interrupt.signal));
}

/** Back to the version that the active one took the place of, or to one named. */
export async function packRollback(context: Context, word: string): Promise<number> {
  const { name, version } = packWord(word);
  const api = (await runningApi(context)).packs;
  const body = { by: personName(context), ...(version === null ? {} : { version }) };
  return told(context, await api.rollback(name, body, context.interrupt.signal));
}

function told({ output }: Context, activated: Parameters<typeof activatedText>[0]): number {
  if (output.json) output.object("packActivated", activated);
  else output.data(activatedText(activated, output.style));
  return exitCodes.ok;
}

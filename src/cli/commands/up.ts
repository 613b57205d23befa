import type { Context } from "../context.ts";
import { documentEntry, endedOf, fetchResults, followAll } from "../entries.ts";
import { exitCodes } from "../exit-codes.ts";
import { Interrupted } from "../interrupt.ts";
import { createProgress } from "../progress/create.ts";
import { summaryOf } from "../report/summary.ts";
import { openSession, type Session } from "../session.ts";
import { wrap } from "../text.ts";

export interface UpOptions {
  readonly sample?: boolean | undefined;
}

/** A server of this very process answers, or something is wrong. */
const patienceMs = 10_000;

/** Starts the stack and stays until a signal comes; then nothing of it is left. */
export async function up(context: Context, options: UpOptions): Promise<number> {
  const { output, interrupt } = context;
  const session = await openSession(context, "up");
  try {
    if (session.stack === null) {
      announce(context, session, "Pilotlight runs here already:");
      return exitCodes.ok;
    }
    announce(context, session, "Pilotlight is up:");
    if (options.sample) await firstSample(context, session);
    output.say("Stop it with Ctrl-C.");
    await raised(interrupt.signal);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    if (session.stack !== null && interrupt.signal.aborted) {
      output.say("Stopping: containers finish or give back what they hold ...");
    }
    await session.close();
  }
  output.say("Stopped.");
  return exitCodes.ok;
}

function announce({ output }: Context, { api, stack }: Session, title: string): void {
  if (output.json) {
    const engine = stack === null ? null : { ...stack.engine };
    output.object("up", { url: api.url, owned: stack !== null, engine });
    return;
  }
  output.data(`${title} ${output.style.colors.bold(api.url)}`);
  if (stack === null) return;
  const { name, models, reason } = stack.engine;
  const used = [...new Set([models.vision, models.text])].filter((model) => model !== null);
  const engine = name === "extractive" ? "the built-in engine" : `${name} (${used.join(", ")})`;
  output.data(wrap(`Reading with ${engine}: ${reason}`, 80).join("\n"));
}

/** A first start shows at once what comes out: the sample deck, when there is no document yet. */
async function firstSample(context: Context, { api }: Session): Promise<void> {
  const { output, interrupt } = context;
  const { signal } = interrupt;
  const { documents } = await api.list({ limit: 1 }, signal);
  if (documents.length > 0) return;
  output.say("The first start shows what comes out of a deck:");
  const document = await api.sample(signal);
  const entry = documentEntry(document, 0);
  const progress = createProgress(context);
  try {
    await followAll(context, api, [entry], progress, { signal, patienceMs });
    await fetchResults(api, [entry], signal);
  } finally {
    progress.end();
  }
  const more = `${api.url}/documents/${document.id}`;
  if (!output.json) output.data(`\n${summaryOf(endedOf(entry, more), output.style)}`);
}

const raised = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

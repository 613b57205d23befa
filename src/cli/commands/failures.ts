import { failureTabs, failureWindows } from "../../contract/failures.ts";
import { AppError } from "../../errors/app-error.ts";
import { errorCodes } from "../../errors/codes.ts";
import { pause } from "../../worker/signals.ts";
import type { Api } from "../api-client.ts";
import { type Person, personAt } from "../confirm.ts";
import { type Context, personName, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { groupsText, groupText, previewLines } from "../report/failures.ts";
import { plural } from "../text.ts";

const oneOf = (name: string, text: string, words: readonly string[]): string => {
  if (words.includes(text)) return text;
  throw new AppError("USAGE", `--${name} must be one of ${words.join(", ")}, not "${text}"`);
};

const lookOf = ({ output, flags }: Context) => ({
  utc: flags.utc,
  columns: output.stdoutIsTty ? output.size().columns : null,
});

/** Failures by kind, those that need somebody first. An empty list is no failure. */
export async function failuresLs(
  context: Context,
  options: { readonly since: string; readonly state: string },
): Promise<number> {
  const { output, interrupt } = context;
  const window = oneOf("since", options.since, failureWindows);
  const tab = oneOf("state", options.state, failureTabs);
  const api = await runningApi(context);
  const answer = await api.failures.list({ window, tab }, interrupt.signal);
  if (output.json) output.object("failures", answer);
  else if (answer.groups.length > 0) {
    output.data(groupsText(answer.groups, output.style, lookOf(context)));
    if (answer.groupsLeft > 0) output.say(`${answer.groupsLeft} more kinds are not shown.`);
    if (answer.isPart) output.say("Only the newest failures were counted: there are more.");
    output.say("One of them: pilotlight failures show FINGERPRINT");
  } else if (tab === "open") output.say(`No open failures in the last ${window}.`);
  else output.say(`Nothing ${tab} in the last ${window}.`);
  return exitCodes.ok;
}

/** One kind with its attempts and the last words of their containers. */
export async function failuresShow(
  context: Context,
  fingerprint: string,
  options: { readonly since: string },
): Promise<number> {
  const { output, interrupt } = context;
  const window = oneOf("since", options.since, failureWindows);
  const api = await runningApi(context);
  const answer = await api.failures.get(formed(fingerprint), window, interrupt.signal);
  if (output.json) output.object("failure", answer);
  else output.data(groupText(answer, output.style, lookOf(context)));
  return exitCodes.ok;
}

function formed(fingerprint: string): string {
  if (/^f_[0-9a-f]{12}$/.test(fingerprint)) return fingerprint;
  throw new AppError(
    "USAGE",
    `"${fingerprint}" is no fingerprint; one looks like f_0123456789ab\nSee: pilotlight failures ls`,
  );
}

/**
 * Opens all of a kind again, a few documents at a time. Without `--yes` a person is asked, who has seen what
 * it comes to. Ctrl-C leaves the steps that are left.
 */
export async function failuresRetry(
  context: Context,
  fingerprint: string,
  { dryRun = false, yes = false }: { readonly dryRun?: boolean; readonly yes?: boolean },
  person: Person = personAt(process.stdin, process.stderr),
): Promise<number> {
  const { output, interrupt } = context;
  if (!dryRun && !yes && !person.isThere) {
    throw new AppError("USAGE", "failures retry asks first; where nobody can answer, say --yes");
  }
  const api = await runningApi(context);
  const by = personName(context);
  const body = { dryRun: true, by };
  const preview = await api.failures.retry(formed(fingerprint), body, interrupt.signal);
  if (dryRun) {
    if (output.json) output.object("failure-retry", preview);
    else for (const line of previewLines(preview)) output.data(line);
    return exitCodes.ok;
  }
  for (const line of previewLines(preview)) output.say(line);
  const question = `Try ${plural(preview.documents.length + preview.left, "document")} again?`;
  if (!yes && !(await person.confirm(question, interrupt.signal))) {
    if (output.json) output.object("failure-retry", { ...preview, documents: [] });
    else output.say("Nothing was tried again.");
    return exitCodes.refused;
  }
  const opened = await inSteps(context, api, fingerprint, { asOf: preview.asOf, by });
  if (output.json) output.object("failure-retry", { ...preview, dryRun: false, ...opened });
  else output.data(`${plural(opened.documents.length, "document")} under way again`);
  return exitCodes.ok;
}

async function inSteps(
  { output, interrupt: { signal } }: Context,
  api: Api,
  fingerprint: string,
  { asOf, by }: { readonly asOf: string; readonly by: string },
) {
  const documents: string[] = [];
  for (let silent = 0; ; ) {
    const step = await api.failures
      .retry(fingerprint, { dryRun: false, asOf, by }, signal)
      .catch((error: unknown) => {
        // A server that is being started anew comes back.
        silent += 1;
        if (signal.aborted || silent > 6 || !isPassing(error)) throw error;
        return null;
      });
    if (step === null) {
      output.say(`No answer; ${documents.length} opened so far. Next try in 10 s`);
      await pause(10_000, signal);
      signal.throwIfAborted();
      continue;
    }
    silent = 0;
    documents.push(...step.documents);
    if (step.left === 0) return { documents, left: 0 };
    output.say(`${documents.length} opened, ${step.left} left; next in ${step.stepSeconds} s`);
    await pause(step.stepSeconds * 1000, signal);
    signal.throwIfAborted();
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof AppError && errorCodes[error.code].retryable;

export interface AckOptions {
  readonly note?: string | undefined;
  readonly mute?: boolean | undefined;
  readonly undo?: boolean | undefined;
}

/** Says that a kind is known: until it fails so again, or muted until another version does. */
export async function failuresAck(
  context: Context,
  fingerprint: string,
  { note, mute = false, undo = false }: AckOptions,
): Promise<number> {
  const { output, interrupt } = context;
  if (mute && undo) throw new AppError("USAGE", "Give one of --mute and --undo.");
  const kind = undo ? "reopened" : mute ? "muted" : "acknowledged";
  const api = await runningApi(context);
  const body = { kind, note, by: personName(context) };
  const group = await api.failures.acknowledge(formed(fingerprint), body, interrupt.signal);
  if (output.json) output.object("failure-group", group);
  else output.data(`${group.fingerprint}  ${group.state}`);
  return exitCodes.ok;
}

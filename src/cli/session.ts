import type { Config } from "../config.ts";
import { AppError } from "../errors/app-error.ts";
import type { Stack } from "../main.ts";
import { type Api, createApi, isAnswering } from "./api-client.ts";
import { type Context, configOf, givenUrl, tokenOf } from "./context.ts";
import { type Attachment, attachStack, type StackRecord } from "./stack.ts";

/** A server to work with: named, found running, or started by this process. */
export interface Session {
  readonly api: Api;
  /** The stack of this process; null when another one's is used. */
  readonly stack: Stack | null;
  /** After the server went away: finds or starts another one on the same state. */
  renew(): Promise<void>;
  /** Stops what this process started. Safe to call twice. */
  close(): Promise<void>;
}

interface Held {
  readonly api: Api;
  readonly attachment: Attachment<Stack> | null;
}

/**
 * Uses the server of `--url`, else the stack of this checkout, which is started when none runs.
 * @param signal ends the wait for another process that is just starting or stopping it
 */
export async function openSession(
  context: Context,
  command: StackRecord["command"],
  signal: AbortSignal = context.interrupt.signal,
): Promise<Session> {
  const named = givenUrl(context);
  const config =
    named === null ? await configOf(context, command === "up" ? "demo" : undefined) : null;
  const token = await tokenOf(context, config, named);
  const hold = async (): Promise<Held> => {
    if (config === null) return { api: createApi(named ?? "", token), attachment: null };
    const attachment = await attach(context, config, command, signal);
    const url = attachment.owned ? attachment.stack.url : attachment.record.url;
    return { api: createApi(url, token), attachment };
  };
  let held = await hold();
  const close = async (): Promise<void> => {
    if (held.attachment?.owned) await release(context, held.attachment);
  };
  return {
    get api() {
      return held.api;
    },
    get stack() {
      return held.attachment?.owned ? held.attachment.stack : null;
    },
    async renew() {
      if (config === null) throw new AppError("SERVER_UNREACHABLE", `Lost ${named}.`);
      await close();
      held = await hold();
    },
    close,
  };
}

/** Whether this error says that the server is gone, so that another one may be looked for. */
export const isServerGone = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.code === "SERVER_UNREACHABLE" || error.code === "SHUTTING_DOWN");

async function attach(
  context: Context,
  config: Config,
  command: StackRecord["command"],
  signal: AbortSignal,
): Promise<Attachment<Stack>> {
  const { output } = context;
  return attachStack<Stack>({
    stateDir: config.stateDir,
    command,
    isAnswering,
    signal,
    onWait: (sentence) => output.say(sentence),
    accepts: (record) => command !== "up" || record.command === "up",
    start: async () => {
      const { startStack } = await import("../main.ts");
      return startStack({ config, onNotice: (sentence) => output.say(sentence) });
    },
  });
}

/** Ordinary stopping lets containers finish what they hold; asked a second time, it kills them. */
async function release(
  context: Context,
  attachment: Extract<Attachment<Stack>, { owned: true }>,
): Promise<void> {
  const { installation } = attachment.stack;
  const { findLeftovers, leadsGroup, sendSignal } = await import(
    "../providers/local/process-group.ts"
  );
  const leave = context.interrupt.onAgain(() => {
    context.output.say("Stopping at once.");
    for (const pid of findLeftovers(installation, new Set())) {
      sendSignal(leadsGroup(pid) ? -pid : pid, "SIGKILL");
    }
  });
  try {
    await attachment.release();
  } finally {
    leave();
  }
}

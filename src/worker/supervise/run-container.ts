import { AppError, failureOf } from "../../errors/app-error.ts";
import { errorCodes } from "../../errors/codes.ts";
import { systemClock } from "../../lib/clock.ts";
import { childEntry } from "../../lib/entry.ts";
import { createLog } from "../../telemetry/log.ts";
import { readSettings, type Settings } from "../settings.ts";
import { wordsOf } from "./command-line.ts";
import { modelEnvironment, ownHost } from "./model-environment.ts";
import type { Command } from "./process.ts";
import { supervise } from "./supervise.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What an image runs. Answers the exit code, 2 for wrong start parameters. */
export async function runContainer(
  env: Environment,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<number> {
  try {
    const settings = readSettings(env);
    const log = createLog({ name: "supervisor", level: settings.logLevel });
    const commands = commandsOf(settings, env);
    return await supervise({ ...commands, say, stop, clock: systemClock, log });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "CONFIG_INVALID") throw error;
    const { code, detail } = failureOf(error);
    const { title, next } = errorCodes[code];
    say(`${code}: ${title} ${detail ?? ""} ${next}`);
    return 2;
  }
}

function commandsOf(
  settings: Settings,
  env: Environment,
): { readonly worker: Command; readonly modelServer: Command | null } {
  const { file, execArgv } = childEntry(import.meta.url, "../main");
  const args = [...execArgv, file];
  const worker = { file: process.execPath, args, env, prefix: "", group: false, channel: true };
  if (settings.modelServer === null) return { worker, modelServer: null };
  const host = ownHost(settings.ollamaHost);
  const [server, ...rest] = wordsOf(settings.modelServer);
  return {
    worker: { ...worker, env: { ...env, OLLAMA_HOST: host } },
    modelServer: {
      file: server,
      args: rest,
      env: modelEnvironment(env, { slots: settings.slots, host }),
      prefix: "model server: ",
      group: true,
      channel: false,
    },
  };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A toy of 260,000 parameters that writes children's stories: it proves the way there and back. */
export const llamaModelFile = "stories260K-f32-v3.gguf";
const modelPath = here(`../../../shared/data/models/${llamaModelFile}`);

/** Whether both the model and llama.cpp are here; `npm run test:llama` installs the latter. */
export const hasLlama =
  existsSync(modelPath) && existsSync(here("../llama/node_modules/node-llama-cpp/package.json"));

export interface LlamaServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** llama.cpp in a process of its own, as a server of the OpenAI API. */
export async function startLlama({
  contextTokens,
}: {
  contextTokens: number;
}): Promise<LlamaServer> {
  const args = [here("../llama/server.mjs"), modelPath, "--context", String(contextTokens)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const url = await Promise.race([firstLine(child), ended.then(() => null)]);
  if (url === null) throw new Error("llama.cpp did not start");
  return {
    url,
    async stop() {
      // Its input ends, and so does it.
      child.stdin?.end();
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no output to read");
  for await (const line of createInterface({ input: child.stdout })) return line;
  return await new Promise(() => undefined);
}

import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

export interface ApiOptions {
  readonly method?: string | undefined;
  readonly field?: readonly string[] | undefined;
  /** A file; `true` is what `--no-input` leaves there. */
  readonly input?: string | boolean | undefined;
  readonly output?: string | undefined;
}

const methods = ["GET", "POST", "PUT", "DELETE"];

/** One request to the API, as it answers. A problem ends as in every other command. */
export async function api(context: Context, path: string, options: ApiOptions): Promise<number> {
  const { output, interrupt, cwd } = context;
  const body = await bodyOf(context, options);
  const method = (options.method ?? (body === undefined ? "GET" : "POST")).toUpperCase();
  if (!methods.includes(method)) {
    throw new AppError("USAGE", `--method must be one of ${methods.join(", ")}`);
  }
  const server = await runningApi(context);
  const headers = { "content-type": "application/json" };
  const init = { method, ...(body === undefined ? {} : { body, headers }) };
  const response = await server.raw(addressOf(path), init, interrupt.signal);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (options.output !== undefined) {
    const file = resolve(cwd, options.output);
    await writeFile(file, bytes).catch((error: NodeJS.ErrnoException) => {
      throw new AppError("USAGE", `-o ${options.output}: cannot be written (${error.code})`);
    });
    if (output.json) output.object("api", { status: response.status, file, bytes: bytes.length });
    else output.say(`Written: ${file}`);
    return exitCodes.ok;
  }
  const type = response.headers.get("content-type") ?? "";
  if (!/json|^text\//.test(type)) {
    throw new AppError("USAGE", `it answers ${type || "bytes"}: write it to a file, -o FILE`);
  }
  const text = bytes.toString("utf8");
  const parsed: unknown = type.includes("json") ? JSON.parse(text) : text;
  if (output.json) output.object("api", { status: response.status, body: parsed });
  else if (type.includes("json") && output.stdoutIsTty)
    output.data(JSON.stringify(parsed, null, 2));
  else output.data(text);
  return exitCodes.ok;
}

/** `documents` is short for `/api/documents`. */
const addressOf = (path: string): string => (path.startsWith("/") ? path : `/api/${path}`);

async function bodyOf(
  { cwd }: Context,
  { field = [], input }: ApiOptions,
): Promise<string | undefined> {
  if (typeof input === "string") {
    if (field.length > 0) throw new AppError("USAGE", "Give one of --field and --input.");
    const text = input === "-" ? await stdinText() : await fileText(resolve(cwd, input));
    checkJson(text);
    return text;
  }
  if (field.length === 0) return undefined;
  return JSON.stringify(Object.fromEntries(field.map(pairOf)));
}

/** `dryRun=true` and `limit=5` as what they look like, anything else as text. */
function pairOf(text: string): [string, unknown] {
  const at = text.indexOf("=");
  if (at < 1) throw new AppError("USAGE", `-f must look like name=value, not "${text}"`);
  const value = text.slice(at + 1);
  const isPlain = /^(true|false|null|-?\d+(\.\d+)?)$/.test(value);
  return [text.slice(0, at), isPlain ? JSON.parse(value) : value];
}

const fileText = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `--input ${file}: cannot be read (${error.code})`);
  });

async function stdinText(): Promise<string> {
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) text += chunk;
  return text;
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new AppError("USAGE", "--input must hold JSON");
  }
}

import { spawn } from "node:child_process";
import { AppError } from "../../errors/app-error.ts";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { kindOf } from "./why.ts";

/** The page of an id. A document or batch is asked for first, so that a wrong id is told here. */
export async function open(
  context: Context,
  id: string,
  { print = false }: { readonly print?: boolean },
): Promise<number> {
  const { output, interrupt } = context;
  const api = await runningApi(context);
  const path = pathOf(id);
  if (path.startsWith("/documents/")) await api.document(id.split(":")[0] ?? id, interrupt.signal);
  if (path.startsWith("/batches/")) await api.batches.get(id, interrupt.signal);
  const url = `${api.url}${path}`;
  const browser = print || output.json || !output.stdoutIsTty ? null : browserOf(context.env);
  const opened = browser !== null && (await start(browser, url));
  if (output.json) output.object("page", { url, opened });
  else output.data(url);
  return exitCodes.ok;
}

function pathOf(id: string): string {
  if (/^b_[A-Za-z0-9]+$/.test(id)) return `/batches/${id}`;
  const kind = kindOf(id);
  if (kind === "failure") return `/failures?tab=all&window=28d&group=${id}`;
  if (kind === "decision" || kind === "container") return "/fleet";
  if (kind === null) throw new AppError("USAGE", `"${id}" is the id of nothing that has a page`);
  return `/documents/${encodeURIComponent(id.split(":")[0] ?? id)}`;
}

type Browser = readonly [program: string, ...before: string[]];

/** What opens an address here; null where there is no desktop. */
function browserOf(env: Context["env"]): Browser | null {
  if (env.BROWSER?.trim()) return [env.BROWSER.trim()];
  if (process.platform === "darwin") return ["open"];
  if (process.platform === "win32") return ["cmd", "/c", "start", ""];
  const hasDesktop = (env.DISPLAY ?? "") !== "" || (env.WAYLAND_DISPLAY ?? "") !== "";
  return hasDesktop ? ["xdg-open"] : null;
}

/** Whether it could be started; it is not waited for. */
function start([program, ...before]: Browser, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [...before, url], { detached: true, stdio: "ignore" });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

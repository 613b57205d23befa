import { readFile } from "node:fs/promises";
import { type Context, runningApi } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

/** How long a server is waited for; without one the answer is as good. */
const serverMs = 500;

/** Of this program, of what it runs on, and of the server it would use. */
export async function version(context: Context): Promise<number> {
  const { output } = context;
  const file = new URL("../../../package.json", import.meta.url);
  const own: { version: string } = JSON.parse(await readFile(file, "utf8"));
  const server = await serverVersion(context);
  const node = process.versions.node;
  const system = `${process.platform}-${process.arch}`;
  if (output.json) output.object("version", { version: own.version, node, system, server });
  else {
    output.data(`pilotlight ${own.version} (Node ${node}, ${system})`);
    if (server !== null) output.data(`server ${server.version} at ${server.url}`);
  }
  return exitCodes.ok;
}

async function serverVersion(context: Context): Promise<{ url: string; version: string } | null> {
  try {
    const api = await runningApi(context);
    const response = await api.raw("/api/health", {}, AbortSignal.timeout(serverMs));
    const health: { version?: unknown } = JSON.parse(await response.text());
    return typeof health.version === "string" ? { url: api.url, version: health.version } : null;
  } catch {
    return null;
  }
}

import { readFileSync } from "node:fs";
import { createApp } from "../../src/http/app.ts";
import type { HttpServices } from "../../src/http/services.ts";
import { createLog } from "../../src/telemetry/log.ts";

/** Nothing is called while routes are described; whatever is says so. */
const inert = new Proxy({} as HttpServices, {
  get: (_, name) => {
    throw new Error(`The description of the API used the service ${String(name)}.`);
  },
});

/** The description of the HTTP API, from the very routes that answer; needs no database. */
export async function openApiFile(): Promise<string> {
  const packageFile = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
  const app = await createApp({
    services: inert,
    log: createLog({ name: "docs", level: "silent" }),
    version,
    webRoot: null,
    loopbackOnly: true,
    bytesMax: 1,
  });
  try {
    await app.ready();
    return `${JSON.stringify(app.swagger(), null, 2)}\n`;
  } finally {
    await app.close();
  }
}

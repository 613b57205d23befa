import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import type { Context } from "../context.ts";
import { type ReopenOptions, reopen } from "./reopen.ts";

interface Asked {
  readonly path: string;
  readonly body: unknown;
}

/** Runs the command against a server that answers every request the same. */
async function run(kind: "retry" | "rerun", options: ReopenOptions, json = false) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ path: request.url ?? "", body: JSON.parse(body) });
    response.writeHead(200, { "content-type": "application/json" });
    const dryRun = options.dryRun === true;
    response.end(
      JSON.stringify({
        ...{ pipeline: "p_1", kept: [], redone: ["a", "b"], generation: 3 },
        ...{ sentence: "Runs a.", dryRun },
      }),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const lines: string[] = [];
  const output = {
    json,
    data: (text: string) => lines.push(text),
    object: (type: string, value: object) => lines.push(JSON.stringify({ type, ...value })),
    say: (line: string) => lines.push(line),
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const interrupt = { signal: new AbortController().signal };
  const context = { output, interrupt, flags: { url }, env: {} } as unknown as Context;
  try {
    return { code: await reopen(context, kind, "d_7K2", options), asked, lines };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const path = (kind: string) => `/api/workspaces/-/documents/d_7K2/${kind}`;

it.each([
  ["everything", {}, {}],
  ["a task", { task: "slide_feedback" }, { from: "slide_feedback" }],
  ["a layer", { layer: "4" }, { from: 4 }],
  ["slides", { slides: "7,12" }, { slides: [7, 12] }],
  ["either", { from: "3" }, { from: 3 }],
  ["either", { from: "visual_analysis" }, { from: "visual_analysis" }],
])("asks for %s: %o", async (_title, options, scope) => {
  for (const kind of ["retry", "rerun"] as const) {
    const { asked } = await run(kind, options);
    expect(asked).toEqual([{ path: path(kind), body: { ...scope, dryRun: false } }]);
  }
});

it("asks to finish without what failed", async () => {
  const { asked } = await run("retry", { skipFailed: true });
  expect(asked[0]?.body).toEqual({ skipFailed: true, dryRun: false });
});

it("says what is done again, what is kept, and where older results are", async () => {
  expect((await run("rerun", {})).lines).toEqual([
    "Runs a.",
    "Done again: a, b",
    "Kept: nothing",
    "Generation: 3; results of older ones stay: pilotlight results d_7K2 --generation 2",
    "Follow it: pilotlight watch d_7K2",
  ]);
  expect((await run("retry", { dryRun: true })).lines).toEqual([
    "Runs a.",
    "Would be done again: a, b",
    "Kept: nothing",
  ]);
  expect((await run("rerun", { dryRun: true }, true)).lines).toEqual([
    '{"type":"rerun","pipeline":"p_1","kept":[],"redone":["a","b"],"generation":3,"sentence":"Runs a.","dryRun":true}',
  ]);
});

it.each([{ task: "a", layer: "1" }, { layer: "a" }, { layer: "-1" }, { slides: "7-9" }])(
  "refuses %o before it asks anybody",
  async (options) => {
    await expect(run("rerun", options)).rejects.toMatchObject({ code: "USAGE" });
  },
);

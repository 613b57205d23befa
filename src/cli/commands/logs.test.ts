import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { AppError, problemOf } from "../../errors/app-error.ts";
import { manualClock } from "../../lib/clock.ts";
import type { Context } from "../context.ts";
import { exitCodeOf } from "../exit-codes.ts";
import { Interrupted, ReaderGone } from "../interrupt.ts";
import { type LogsOptions, logs } from "./logs.ts";

const at = "2026-11-23T12:04:07.000Z";
const lineOf = (id: number, line = `line ${id}`) => ({ id, at, line });
let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  server = null;
});

/** Each request takes the next answer; Ctrl-C comes with the request after the last one. */
async function run(
  answers: readonly object[],
  options: LogsOptions,
  json = false,
  gone = new AbortController(),
) {
  const asked: string[] = [];
  const stop = new AbortController();
  const clock = manualClock(0);
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = answers[asked.length - 1];
    if (answer === undefined) return stop.abort(new Interrupted("SIGINT"));
    if (answer instanceof AppError) clock.advance(20_000);
    const body = answer instanceof AppError ? problemOf(answer) : answer;
    const status = "status" in body ? Number(body.status) : 200;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const lines: string[] = [];
  const output = {
    ...{ json, style: { colors: { dim: String } }, gone: gone.signal },
    data: (text: string) => lines.push(text),
    object: (type: string, value: object) => lines.push(JSON.stringify({ type, ...value })),
    say: (line: string) => lines.push(line),
  };
  const flags = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, utc: true };
  const interrupt = { signal: stop.signal };
  const context = { output, interrupt, clock, flags, env: {} } as unknown as Context;
  const end = await logs(context, "vision-1", options, 0).catch((error) => error);
  return { end, asked, lines };
}

const page = (container: string | null, ...lines: ReturnType<typeof lineOf>[]) => ({
  ...{ container, lines },
  nextAfter: lines.at(-1)?.id ?? 7,
});

it("prints the last lines with their time, harmless, and keeps what indents them", async () => {
  const first = page("vision-1.3f9a", lineOf(7, "Error: x"), lineOf(8, "    at y \u001b[31m"));
  const { end, asked, lines } = await run([first], { tail: "50" });
  expect([end, asked]).toEqual([0, ["/api/fleet/replicas/vision-1/logs?tail=50"]]);
  expect(lines).toEqual(["12:04:07Z Error: x", "12:04:07Z     at y  [31m"]);
});

it("says that nothing was heard, and gives one object as JSON", async () => {
  const nothing = page(null);
  expect((await run([nothing], { tail: "200" })).lines).toEqual([
    "Nothing was heard of vision-1 yet.",
  ]);
  server?.close();
  expect((await run([nothing], { tail: "200" }, true)).lines).toEqual([
    '{"type":"logs","container":null,"lines":[]}',
  ]);
});

it("follows from the last line on, into the next container, until Ctrl-C", async () => {
  const answers = [page("a", lineOf(7)), page("a"), page("a", lineOf(8)), page("b", lineOf(9))];
  const { end, asked, lines } = await run(answers, { tail: "1", follow: true });
  expect(exitCodeOf(end)).toBe(130);
  const from = (id: number) => `/api/fleet/replicas/vision-1/logs?tail=1000&after=${id}`;
  expect(asked.slice(1)).toEqual([from(7), from(7), from(8), from(9)]);
  expect(lines).toEqual([
    ...["12:04:07Z line 7", "12:04:07Z line 8", "From here on: container b", "12:04:07Z line 9"],
  ]);
});

it("stops following, as a thing well done, when nobody reads it any more", async () => {
  const gone = new AbortController();
  const lines = Array.from({ length: 2 }, (_, at) => page("a", lineOf(at + 1)));
  const reader = {
    toJSON() {
      gone.abort(new ReaderGone());
      return page("a", lineOf(3));
    },
  };
  const options = { tail: "1", follow: true };
  const { end, asked } = await run([...lines, reader, page("a")], options, false, gone);
  expect(exitCodeOf(end)).toBe(0);
  expect(asked).toHaveLength(3);
});

it("looks for words and times in all that is kept, and shows the last of them", async () => {
  const all = ["it broke", "it broke again", "well", "well"].map((line, at) => lineOf(at, line));
  const { asked, lines } = await run([page("a", ...all)], { tail: "1", search: "BROKE" });
  expect(asked[0]).toContain("logs?tail=1000");
  expect(lines).toEqual(["12:04:07Z it broke again"]);
  server?.close();
  const since = await run([page("a", ...all)], { tail: "2", since: "1h" });
  expect(since.asked[0]).toContain("logs?tail=1000");
  expect(since.lines).toHaveLength(2);
});

it("bears with a server that is away for a moment, and no longer", async () => {
  const away = new AppError("DATABASE_UNAVAILABLE");
  const first = page("a", lineOf(7));
  const options = { tail: "1", follow: true };
  const back = await run([first, away, page("a", lineOf(8))], options);
  expect(back.lines.at(-1)).toBe("12:04:07Z line 8");
  server?.close();
  const gone = await run([first, away, away, away], options);
  expect(gone.end).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
});

it("a replica that does not exist ends it at once, following or not", async () => {
  for (const follow of [false, true]) {
    const { end } = await run([new AppError("REPLICA_NOT_FOUND")], { tail: "1", follow });
    expect(exitCodeOf(end)).toBe(5);
    server?.close();
  }
});

it.each(["0", "1001", "all"])("refuses --tail %s", async (tail) => {
  expect((await run([], { tail })).end).toMatchObject({ code: "USAGE" });
});

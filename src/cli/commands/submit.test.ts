import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { documentView, doneView } from "../../../test/support/document-view.ts";
import { runReport } from "../../contract/run.ts";
import { AppError, problemOf } from "../../errors/app-error.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Context } from "../context.ts";
import { Interrupted } from "../interrupt.ts";
import { createOutput } from "../output.ts";
import { batchSubmit } from "./batch-submit.ts";
import { run as runFiles } from "./run.ts";
import { submit } from "./submit.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pilotlight-submit-"));
  for (const name of ["a", "b", "c"]) await writeFile(join(dir, `${name}.pdf`), "%PDF-1.7");
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const counts = { fetching: 0, active: 0, done: 0, done_with_gaps: 0, failed: 0, cancelled: 0 };
const batch = {
  ...{ id: "b_1", workspace: "default", name: "decks", documents: 1, percent: 100 },
  ...{ createdAt: "2026-11-23T12:04:07.000Z", cancelledAt: null, finishedAt: null },
  status: { type: "done", name: "Done", sentence: "All done." },
  ...{ counts: { ...counts, done: 1 }, failures: [] },
};

/** How the upload of a file is answered; null: only by what its test does. */
type Answer = (name: string) => object | AppError | null;

function answerTo(response: ServerResponse, answer: object): void {
  const isProblem = answer instanceof AppError;
  response.writeHead(isProblem ? problemOf(answer).status : 202, {
    "content-type": "application/json",
  });
  response.end(JSON.stringify(isProblem ? problemOf(answer) : answer));
}

interface Run {
  readonly answer: Answer;
  /** Called with the third upload, which is sent once the first was accepted. */
  readonly onThird?: (stop: AbortController, cut: () => void) => void;
  /** Called with all that goes to stderr. */
  readonly onSaid?: (stop: AbortController, text: string) => void;
  readonly flags?: object;
  readonly counts?: object;
}
type Command = (context: Context) => Promise<number>;

async function run(command: Command, { answer, onThird, onSaid, flags, counts }: Run) {
  const stop = new AbortController();
  let uploads = 0;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
    if (pathname.endsWith("/events")) return void response.writeHead(503).end();
    if (pathname.endsWith("/results")) return answerTo(response, { results: {} });
    if (pathname.endsWith("/batches")) {
      return answerTo(response, { batch, existing: false, documents: [] });
    }
    if (pathname.includes("/batches/")) {
      return answerTo(response, { ...batch, counts: { ...batch.counts, ...counts } });
    }
    uploads += 1;
    const told = answer(searchParams.get("name") ?? "");
    if (told !== null) request.resume().on("end", () => answerTo(response, told));
    if (uploads === 3) onThird?.(stop, () => server.closeAllConnections());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const seen = { out: "", said: "" };
  const stream = (name: keyof typeof seen) =>
    new PassThrough().on("data", (chunk) => {
      seen[name] += String(chunk);
      if (name === "said") onSaid?.(stop, String(chunk));
    }) as unknown as NodeJS.WriteStream;
  const all = { json: true, quiet: false, verbose: false, color: false, ...flags };
  const output = createOutput({ stdout: stream("out"), stderr: stream("said"), env: {}, ...all });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context = {
    ...{ output, clock: systemClock, cwd: dir, env: { HOME: dir } },
    flags: { url, progress: "quiet", utc: true, ...all },
    interrupt: { signal: stop.signal, onAgain: () => () => {} },
  } as Context;
  try {
    return { code: await command(context), ...seen };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const files = ["a.pdf", "b.pdf", "c.pdf"];
/** The first is taken, the others are still under way when it stops. */
const firstAlone: Answer = (name) =>
  name === "a.pdf" ? { document: documentView({}, { id: "d_a" }) } : null;
const kinds: readonly (readonly [string, Command])[] = [
  ["submit", (context) => submit(context, files, {})],
  ["batch submit", (context) => batchSubmit(context, files, {})],
];

it.each(kinds)("%s, interrupted half way, tells what was accepted", async (_name, command) => {
  const onThird = (stop: AbortController): void => stop.abort(new Interrupted("SIGINT"));
  const { code, out, said } = await run(command, { answer: firstAlone, onThird });
  expect(code).toBe(130);
  expect(JSON.parse(out)).toMatchObject({
    type: "submitted",
    documents: [{ name: "a.pdf", document: "d_a" }],
    notSent: [join(dir, "b.pdf"), join(dir, "c.pdf")],
    error: null,
  });
  expect(said).toBe("All together: pilotlight batch status b_1\n");
});

it.each(kinds)(
  "%s tells it to people, with a server that goes away too",
  async (_name, command) => {
    const onThird = (_stop: AbortController, cut: () => void): void => cut();
    const ended = await run(command, { answer: firstAlone, onThird, flags: { json: false } });
    expect(ended.code).toBe(6);
    expect(ended.out).toContain("not sent  b.pdf\nnot sent  c.pdf\n");
    expect(ended.out).toMatch(/^(d_a {2}a\.pdf|b_1 {2}decks: 1 document)/);
    expect(ended.said).toMatch(/^All together: .*b_1\nerror: .*\[SERVER_UNREACHABLE\]/);
    const asJson = await run(command, { answer: firstAlone, onThird });
    expect(JSON.parse(asJson.out)).toMatchObject({ error: { code: "SERVER_UNREACHABLE" } });
  },
);

it("with nothing accepted, it is the error alone", async () => {
  const answer: Answer = () => new AppError("UNAUTHORIZED");
  const sent = run((context) => submit(context, ["a.pdf"], {}), { answer });
  await expect(sent).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

const oneRefused: Answer = (name) =>
  name === "b.pdf" ? new AppError("NOT_A_PDF") : { document: doneView() };
const waiting: readonly (readonly [string, Command])[] = [
  ["submit", (context) => submit(context, files, { wait: true })],
  ["batch submit", (context) => batchSubmit(context, files, { wait: true })],
];

it.each(waiting)("%s --wait tells what was refused, also to programs", async (_name, command) => {
  const { code, out } = await run(command, { answer: oneRefused });
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({
    refused: [{ name: "b.pdf", document: null, error: { code: "NOT_A_PDF" } }],
  });
  const flags = { json: false, quiet: true };
  expect((await run(command, { answer: oneRefused, flags })).out).toMatch(/b\.pdf.*NOT_A_PDF/);
});

it.each(waiting)(
  "%s --wait, interrupted, gives one object all the same",
  async (_name, command) => {
    const onSaid = (stop: AbortController, text: string): void => {
      if (text.includes('"percent"')) stop.abort(new Interrupted("SIGINT"));
    };
    const answer: Answer = (name) =>
      name === "b.pdf" ? new AppError("NOT_A_PDF") : { document: documentView() };
    const flags = { progress: "json" };
    const ended = await run(command, { answer, onSaid, flags, counts: { active: 1 } });
    expect(ended.code).toBe(130);
    expect(JSON.parse(ended.out)).toMatchObject({ refused: [{ name: "b.pdf" }] });
  },
);

it.each([
  ["gaps", { done_with_gaps: 1 }, undefined],
  ["a wait that is over", { active: 1 }, "1s"],
])("a refused file outweighs %s", async (_title, more, timeout) => {
  const command: Command = (context) => batchSubmit(context, files, { wait: true, timeout });
  expect((await run(command, { answer: oneRefused, counts: more })).code).toBe(3);
  const fine: Answer = () => ({ document: doneView() });
  const { code } = await run(command, { answer: fine, counts: more });
  expect(code).toBe(timeout === undefined ? 8 : 7);
});

it("run tells files whose turn did not come before its time was over, and that is no refusal", async () => {
  const answer: Answer = (name) => (name === "a.pdf" ? { document: doneView() } : null);
  const { code, out } = await run((context) => runFiles(context, files, { timeout: "1s" }), {
    answer,
  });
  expect(code).toBe(7);
  const notSent = { state: "not_sent", error: { detail: "It was not sent." } };
  expect(runReport.parse(JSON.parse(out)).documents).toMatchObject([
    { name: "a.pdf", state: "done" },
    { name: "b.pdf", ...notSent },
    { name: "c.pdf", ...notSent },
  ]);
});

it.each(["KEY_UNKNOWN", "SHUTTING_DOWN", "DATABASE_UNAVAILABLE"] as const)(
  "%s is no fault of the files that a dry run looks at",
  async (code) => {
    // A presentation: its slides are counted by the server.
    await writeFile(join(dir, "deck.pptx"), "PK\u0003\u0004");
    const command: Command = (context) => submit(context, ["deck.pptx"], { dryRun: true });
    await expect(run(command, { answer: () => new AppError(code) })).rejects.toMatchObject({
      code,
    });
    const refusal: Answer = () => new AppError("PDF_TOO_MANY_PAGES");
    expect((await run(command, { answer: refusal })).code).toBe(3);
  },
);

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type ErrorCode, errorCodes } from "../../src/errors/codes.ts";
import type { Problem } from "../support/api.ts";
import { deckOf, deckWithoutPages, sampleDeck, smallDeck } from "../support/decks.ts";
import { type Home, makeHome } from "../support/home.ts";
import type { RunningStack } from "../support/product.ts";
import { startOnShared } from "../support/stack.ts";

const hostileDir = fileURLToPath(new URL("../../../shared/data/hostile/", import.meta.url));
const isHostileDataHere = existsSync(`${hostileDir}expect.json`);

// A refusal that never comes is seen soon.
vi.setConfig({ testTimeout: 60_000 });

let home: Home;
let stack: RunningStack;
beforeAll(async () => {
  home = await makeHome();
  stack = await startOnShared(home);
});
afterAll(async () => {
  await stack.stop();
  const left = await home.leftovers();
  await home.remove();
  expect(left).toEqual([]);
});

/** Readers of PDFs that may wait for the next document. */
const restingMax = 2;
const readers = () => home.processes().filter(({ command }) => command.includes("pdf/child"));

/** Refused with this code within seconds, told to whoever watches, and nothing of it kept. */
async function expectRefused(
  code: ErrorCode,
  name: string,
  send: () => Promise<{ status: number; problem: Problem | null }>,
): Promise<void> {
  const { api } = stack;
  const known = (await api.documents()).documents.length;
  const startedMs = performance.now();
  const { status, problem } = await send();
  expect(performance.now() - startedMs).toBeLessThan(12_000);
  const { title, next, status: wanted } = errorCodes[code];
  expect({ status, ...problem }).toMatchObject({ status: wanted, code, title, next });
  expect((await api.documents()).documents).toHaveLength(known);
  await api.until(
    `${name} in the events`,
    () =>
      api.heard.some(
        (one) =>
          one.type === "document.rejected" && one.data.name === name && one.data.code === code,
      ) || undefined,
  );
  await api.until("no PDF reader hangs", () => readers().length <= restingMax || undefined);
}

const refusals: readonly [ErrorCode, string, () => Promise<Buffer>][] = [
  ["NOT_A_PDF", "text", async () => Buffer.from("Dear investors, find our deck attached.\n")],
  ["NOT_A_PDF", "picture", async () => Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
  ["EMPTY_FILE", "empty", async () => Buffer.alloc(0)],
  ["PDF_DAMAGED", "cut", async () => cutInHalf(await sampleDeck("aurelia-cardio.pdf"))],
  ["PDF_DAMAGED", "header", async () => Buffer.from("%PDF-1.7\n")],
  ["PDF_ENCRYPTED", "locked", () => deckOf(["Secret"], { password: "abc" })],
  ["PDF_NO_PAGES", "no pages", async () => deckWithoutPages()],
  ["PDF_TOO_MANY_PAGES", "long", () => deckOf(Array.from({ length: 301 }, (_, n) => `Page ${n}`))],
  ["PAGE_TOO_LARGE", "wide", () => deckOf(["Wall paper"], { size: [150_000, 200] })],
];

const cutInHalf = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));

it.each(refusals)("refuses with %s a file that is: %s", async (code, what, make) => {
  const bytes = await make();
  await expectRefused(code, `${what}.pdf`, () => stack.api.upload(bytes, `${what}.pdf`));
});

/** The head of an upload; the body is the test's to send. */
function openUpload(name: string, headers: Record<string, string>) {
  const sending = request(`${stack.url}/api/documents?name=${name}`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/pdf", ...headers },
  });
  const answer = new Promise<{ status: number; problem: Problem | null }>((resolve, reject) => {
    sending.once("response", (response) => resolve(answerOf(response)));
    sending.once("error", reject);
  });
  return { sending, answer };
}

async function answerOf(response: IncomingMessage) {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode ?? 0, problem: JSON.parse(text) as Problem };
}

it("refuses a file that announces more than 200 MB before its body comes", async () => {
  await expectRefused("FILE_TOO_LARGE", "huge.pdf", async () => {
    const { sending, answer } = openUpload("huge.pdf", {
      "content-length": String(210 * 1024 ** 2),
    });
    sending.write("%PDF-1.7\n");
    return answer.finally(() => sending.destroy());
  });
});

it("does not even invite the body of such a file when the caller asks first, as curl does", async () => {
  const ask = async (bytes: number, body: Buffer) => {
    const { sending, answer } = openUpload("asked.pdf", {
      "content-length": String(bytes),
      expect: "100-continue",
    });
    let isInvited = false;
    sending.once("continue", () => {
      isInvited = true;
      sending.end(body);
    });
    const { problem } = await answer.finally(() => sending.destroy());
    return { isInvited, code: problem?.code };
  };
  const small = Buffer.from("not a deck");
  const refused = { isInvited: false, code: "FILE_TOO_LARGE" };
  expect(await ask(210 * 1024 ** 2, small)).toEqual(refused);
  expect(await ask(small.length, small)).toEqual({ isInvited: true, code: "NOT_A_PDF" });
});

/** Sends a part; a connection closed by a refusal calls back with an error, which ends it too. */
const pour = (sending: ClientRequest, chunk: Buffer): Promise<void> =>
  new Promise((resolve) => {
    sending.write(chunk, () => resolve());
  });

it("refuses a stream without a length once it passes 200 MB", async () => {
  await expectRefused("FILE_TOO_LARGE", "endless.pdf", async () => {
    const { sending, answer } = openUpload("endless.pdf", {});
    sending.on("error", () => undefined);
    let isAnswered = false;
    const done = answer.finally(() => {
      isAnswered = true;
    });
    const chunk = Buffer.alloc(4 * 1024 ** 2, "%PDF-1.7 ");
    for (let sent = 0; sent < 400 && !isAnswered && !sending.destroyed; sent += 1) {
      await pour(sending, chunk);
    }
    sending.destroy();
    return done;
  });
});

it("reads a deck that is locked against editing only, and one behind other files' refusals", async () => {
  const { api } = stack;
  const deck = await deckOf(["Lockmere\nSeed deck", "The ask\nLockmere raises USD 1 million."], {
    ownerPassword: "owner",
  });
  const [open, refused, after] = await Promise.all([
    api.upload(deck, "open.pdf"),
    api.upload(Buffer.from("no"), "no.pdf"),
    api.upload(await smallDeck("Tessaly"), "tessaly.pdf"),
  ]);
  expect(refused.problem?.code).toBe("NOT_A_PDF");
  for (const answer of [open, after]) {
    expect(answer.status).toBe(202);
    expect((await api.ended(answer.document?.id ?? "")).pipeline.state).toBe("done");
  }
});

interface Hostile {
  readonly file: string;
  readonly kind: string;
}

it.skipIf(!isHostileDataHere)(
  "tells files that need a password from files that only have one",
  async () => {
    const { api } = stack;
    const known = JSON.parse(await readFile(`${hostileDir}expect.json`, "utf8")) as Hostile[];
    const locked = known.filter(({ kind }) => kind === "enc-user").slice(0, 6);
    const open = known.filter(({ kind }) => kind === "enc-empty").slice(0, 3);
    for (const { file } of locked) {
      const answer = await api.upload(await readFile(`${hostileDir}${file}`), file);
      expect({ file, code: answer.problem?.code }).toEqual({ file, code: "PDF_ENCRYPTED" });
    }
    for (const { file } of open) {
      const answer = await api.upload(await readFile(`${hostileDir}${file}`), file);
      expect({ file, status: answer.status }).toEqual({ file, status: 202 });
      await api.ended(answer.document?.id ?? "");
    }
    const { documents } = await api.documents();
    expect(documents.map(({ pipeline }) => pipeline.state)).toEqual(documents.map(() => "done"));
  },
);

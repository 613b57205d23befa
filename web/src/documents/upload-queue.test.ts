import { expect, it } from "vitest";
import type { Problem } from "../api/types.ts";
import type { UploadAnswer, UploadWishes } from "../api/upload.ts";
import { createUploadQueue } from "./upload-queue.ts";

const unreachable = { code: "SERVER_UNREACHABLE", title: "No answer.", retryable: true } as Problem;
const lost: UploadAnswer = { ok: false, problem: unreachable };
const accepted = { ok: true, document: { id: "d_1" }, plan: {} } as unknown as UploadAnswer;
const fine = { refusal: null, isProtected: false, same: null };

/** What goes up: the test answers it. */
interface Sent extends UploadWishes {
  readonly name: string;
  isAborted: boolean;
  answer(given: UploadAnswer): void;
}

/** A queue whose files go nowhere. */
function open() {
  const sent: Sent[] = [];
  const batches: { key: string; answer: (id: string) => void; fail: () => void }[] = [];
  const unreadable = new Set<string>();
  const queue = createUploadQueue({
    look: ({ name }) =>
      unreadable.has(name) ? Promise.reject(new Error("NotFoundError")) : Promise.resolve(fine),
    isReadable: ({ name }) => Promise.resolve(!unreadable.has(name)),
    send({ name }, wishes) {
      const one: Sent = { ...wishes, name, isAborted: false, answer: () => {} };
      sent.push(one);
      const answer = new Promise<UploadAnswer>((resolve) => {
        one.answer = resolve;
      });
      const abort = (): void => {
        one.isAborted = true;
        one.answer(lost);
      };
      return { answer, abort };
    },
    createBatch: (_, key) =>
      new Promise((resolve, reject) =>
        batches.push({ key, answer: resolve, fail: () => reject(new Error("no answer")) }),
      ),
  });
  const shown = () => queue.all().map(({ name, state, refusal }) => [name, refusal?.code ?? state]);
  const id = (name: string): number => queue.all().find((one) => one.name === name)?.id ?? 0;
  return { queue, sent, batches, unreadable, shown, id };
}

const file = (name: string) => new File(["%PDF-"], name, { type: "application/pdf" });
/** All that can go on by itself has done so. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

it("sends a file again under the key of its first time, and another one under another", async () => {
  const { queue, sent, shown, id } = open();
  queue.add([file("a.pdf")]);
  await settled();
  sent[0]?.answer(lost);
  await settled();
  expect(shown()).toEqual([["a.pdf", "SERVER_UNREACHABLE"]]);
  queue.retry(id("a.pdf"));
  queue.add([file("b.pdf")]);
  await settled();
  sent[1]?.answer(accepted);
  await settled();
  expect(shown()[0]).toEqual(["a.pdf", "accepted"]);
  expect(sent.map(({ name }) => name)).toEqual(["a.pdf", "a.pdf", "b.pdf"]);
  expect(sent[0]?.key).toMatch(/^[0-9a-f]{32}$/);
  expect(sent[1]?.key).toBe(sent[0]?.key);
  expect(sent[2]?.key).not.toBe(sent[0]?.key);
});

it("makes the batch of files that were chosen together under one key, however often it is asked for", async () => {
  const { queue, sent, batches, id } = open();
  queue.add([file("a.pdf"), file("b.pdf")]);
  await settled();
  batches[0]?.fail();
  await settled();
  queue.retry(id("a.pdf"));
  await settled();
  batches[1]?.answer("b_1");
  await settled();
  expect(batches.map(({ key }) => key)).toEqual([batches[0]?.key, batches[0]?.key]);
  expect(sent.map(({ name, batch }) => [name, batch])).toEqual([["a.pdf", "b_1"]]);
});

it("sends nothing of a row that was taken away while its batch was made", async () => {
  const { queue, sent, batches, shown, id } = open();
  queue.add([file("a.pdf"), file("b.pdf")]);
  await settled();
  queue.drop(id("a.pdf"));
  batches[0]?.answer("b_1");
  await settled();
  expect(sent.map(({ name }) => name)).toEqual(["b.pdf"]);
  expect(shown()).toEqual([["b.pdf", "sending"]]);
});

it("ends all that is under way and forgets what waits, when all is dropped", async () => {
  const { queue, sent, shown } = open();
  for (const name of ["a.pdf", "b.pdf", "c.pdf"]) queue.add([file(name)]);
  await settled();
  queue.dropAll();
  await settled();
  expect(sent.map(({ name, isAborted }) => [name, isAborted])).toEqual([
    ["a.pdf", true],
    ["b.pdf", true],
  ]);
  expect(shown()).toEqual([]);
});

it("says of a file that cannot be read that it cannot, before it is sent and after", async () => {
  const { queue, sent, unreadable, shown } = open();
  unreadable.add("folder");
  queue.add([file("folder")]);
  queue.add([file("moved.pdf")]);
  queue.add([file("fine.pdf")]);
  await settled();
  unreadable.add("moved.pdf");
  for (const one of sent) one.answer(lost);
  await settled();
  expect(shown()).toEqual([
    ["folder", "FILE_UNREADABLE"],
    ["moved.pdf", "FILE_UNREADABLE"],
    ["fine.pdf", "SERVER_UNREACHABLE"],
  ]);
  expect(queue.all().map(({ refusal }) => refusal?.retryable)).toEqual([false, false, true]);
});

import { expect, it, vi } from "vitest";
import { Source, standInForStreams } from "../../../test/support/event-source.ts";
import { openStream } from "./stream.ts";

const last = (): Source => Source.all.at(-1) as Source;

standInForStreams();

function open() {
  const said: string[] = [];
  const close = openStream({
    onEvent: ({ id }) => said.push(`event ${id}`),
    onResync: () => said.push("resync"),
    onSign: () => {},
    onState: (state) => said.push(state),
  });
  return { said, close };
}

it("polls from the second failure on, and asks for everything once the stream is back", () => {
  const { said } = open();
  last().tell("open");
  last().tell("error");
  last().tell("error");
  last().tell("error");
  last().tell("open");
  expect(said).toEqual([
    "connecting",
    "live",
    "reconnecting",
    "polling",
    "polling",
    "live",
    "resync",
  ]);
});

it("goes on after the last event where the browser gave up or the line fell silent", () => {
  const { said } = open();
  last().tell("open");
  last().tell("change", { id: 41, type: "slide.done" });
  last().close();
  last().tell("error");
  vi.advanceTimersByTime(5000);
  expect(Source.all).toHaveLength(2);
  expect(last().url).toContain("after=41");
  last().tell("open");
  // Signs keep it; without them it is taken for dead.
  for (let n = 0; n < 4; n += 1) {
    vi.advanceTimersByTime(5000);
    last().tell("ping");
  }
  expect(Source.all).toHaveLength(2);
  vi.advanceTimersByTime(12_000);
  expect(said.at(-1)).toBe("reconnecting");
  vi.advanceTimersByTime(5000);
  expect(Source.all).toHaveLength(3);
});

it("asks for everything when the server kept too little, drops what is no event, and ends", () => {
  const { said, close } = open();
  last().tell("open");
  last().tell("reset");
  last().dispatchEvent(Object.assign(new Event("change"), { data: "{" }));
  last().tell("change", { no: "event" });
  expect(said).toEqual(["connecting", "live", "resync"]);
  last().close();
  last().tell("error");
  close();
  vi.advanceTimersByTime(60_000);
  expect(Source.all).toHaveLength(1);
});

it("leaves a server that takes the connection and says nothing, at first and after a break", () => {
  const { said, close } = open();
  vi.advanceTimersByTime(12_000);
  expect(said).toEqual(["connecting", "reconnecting"]);
  vi.advanceTimersByTime(5000);
  expect(Source.all).toHaveLength(2);
  last().tell("open");
  // The browser connects again by itself, and hears nothing.
  last().tell("error");
  vi.advanceTimersByTime(12_000 + 5000);
  expect(Source.all).toHaveLength(3);
  close();
  vi.advanceTimersByTime(60_000);
  expect(Source.all).toHaveLength(3);
});

/** What the server says of this browser, once the stream was refused. */
const serverSays = (status: number, body: unknown): void => {
  vi.stubGlobal("fetch", async () => Response.json(body, { status }));
};
const refuseNow = async (): Promise<void> => {
  last().close();
  last().tell("error");
  // The answer and its body are read in turns of their own.
  for (let n = 0; n < 10; n += 1) await Promise.resolve();
  await vi.advanceTimersByTimeAsync(0);
};

it.each([
  ["signed-out", 200, { keyNeeded: true, workspace: null }],
  ["signed-out", 401, { code: "UNAUTHORIZED" }],
  ["refused", 403, { code: "FORBIDDEN" }],
])("ends as %s where the server says so (%i)", async (state, status, body) => {
  serverSays(status, body);
  const { said } = open();
  await refuseNow();
  expect(said).toEqual(["connecting", "reconnecting", state]);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(Source.all).toHaveLength(1);
});

it.each([
  [200, { keyNeeded: true, workspace: "default" }],
  [200, { keyNeeded: false, workspace: "default" }],
  [502, "<html>"],
])("goes on trying where the refusal has another reason (%i, %j)", async (status, body) => {
  serverSays(status, body);
  const { close } = open();
  await refuseNow();
  await vi.advanceTimersByTimeAsync(5000);
  expect(Source.all).toHaveLength(2);
  close();
});

it("says nothing of a refusal that is told after its end", async () => {
  serverSays(403, {});
  const { said, close } = open();
  last().close();
  last().tell("error");
  close();
  await vi.advanceTimersByTimeAsync(5000);
  expect(said).toEqual(["connecting", "reconnecting"]);
});

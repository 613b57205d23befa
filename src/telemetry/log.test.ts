import { expect, it } from "vitest";
import { AppError } from "../errors/app-error.ts";
import { createLog } from "./log.ts";

function capture() {
  const lines: string[] = [];
  const log = createLog({
    name: "vision-1",
    level: "info",
    destination: { write: (line) => void lines.push(line) },
  });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "{}") };
}

it("writes one JSON line with name, level and time", () => {
  const { log, last } = capture();
  log.info({ lease: "1-2" }, "task started");
  expect(last()).toMatchObject({
    name: "vision-1",
    level: "info",
    lease: "1-2",
    msg: "task started",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
});

it("removes secrets and deck text at every depth it is likely to be handed", () => {
  const { log, lines } = capture();
  const secret = "s3cret";
  log.info({
    token: secret,
    who: { token: secret },
    request: { headers: { authorization: secret } },
    slide: { result: { deep: { text: secret, quote: secret } } },
    prompt: secret,
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain(secret);
});

it("describes an error of ours by code, detail and cause", () => {
  const { log, last } = capture();
  const cause = new AppError("SERVER_UNREACHABLE", "ECONNREFUSED");
  log.warn({ err: new AppError("DOCUMENT_UNAVAILABLE", "HTTP 500", { cause }) }, "failed");
  expect(last().err).toEqual({
    code: "DOCUMENT_UNAVAILABLE",
    detail: "HTTP 500",
    cause: { code: "SERVER_UNREACHABLE", detail: "ECONNREFUSED" },
  });
});

it("writes nothing below its level", () => {
  const { log, lines } = capture();
  log.debug("chatter");
  expect(lines).toEqual([]);
});

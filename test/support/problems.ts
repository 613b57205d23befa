import { expect } from "vitest";
import { problem } from "../../src/contract/common.ts";
import { errorCodes } from "../../src/errors/codes.ts";
import type { Answer } from "./control-plane.ts";

/** A problem object with every field of RFC 9457 that we promise, for this code. */
export function expectProblem(answer: Answer, code: keyof typeof errorCodes): void {
  expect(answer.headers["content-type"]).toContain("application/problem+json");
  expect(problem.parse(answer.body)).toEqual(answer.body);
  const { status, title, next, retryable } = errorCodes[code];
  expect(answer.body).toMatchObject({ code, status, title, next, retryable });
  expect(answer.body.type).toContain(code);
  expect(answer.body.requestId).toBe(answer.headers["x-request-id"]);
  expect(answer.status).toBe(status);
}

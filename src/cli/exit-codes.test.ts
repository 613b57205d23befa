import { expect, it } from "vitest";
import { AppError } from "../errors/app-error.ts";
import type { ErrorCode } from "../errors/codes.ts";
import { exitCodeOf, exitCodeOfStates } from "./exit-codes.ts";
import { Interrupted, ReaderGone } from "./interrupt.ts";

it.each<[ErrorCode, number]>([
  ["INTERNAL", 1],
  ["USAGE", 2],
  ["CONFIG_INVALID", 2],
  ["NOT_A_PDF", 3],
  ["FILE_UNREADABLE", 3],
  ["UNAUTHORIZED", 4],
  ["FORBIDDEN", 4],
  ["DOCUMENT_NOT_FOUND", 5],
  ["SERVER_UNREACHABLE", 6],
  ["SHUTTING_DOWN", 6],
  ["SERVER_OTHER_VERSION", 6],
  ["WAIT_TIMEOUT", 7],
  ["NOTHING_TO_RETRY", 9],
  ["REPLICA_NOT_FOUND", 5],
  ["FLEET_CEILING", 9],
  ["POOL_FULL", 9],
  ["REPLICA_FIXED", 9],
  ["PACK_INVALID", 2],
  ["PACK_CHANGED", 9],
  ["PACK_NO_ROLLBACK", 9],
])("%s ends with %i", (code, exit) => {
  expect(exitCodeOf(new AppError(code))).toBe(exit);
});

it("a signal ends with 128 and its number, and anything unknown with 1", () => {
  expect(exitCodeOf(new Interrupted("SIGINT"))).toBe(130);
  expect(exitCodeOf(new Interrupted("SIGTERM"))).toBe(143);
  expect(exitCodeOf(new ReaderGone())).toBe(0);
  expect(exitCodeOf(new TypeError("x"))).toBe(1);
  expect(exitCodeOf("thrown text")).toBe(1);
});

it("the gravest of several documents decides", () => {
  expect(exitCodeOfStates([])).toBe(0);
  expect(exitCodeOfStates(["done", "done"])).toBe(0);
  expect(exitCodeOfStates(["done", "done_with_gaps"])).toBe(8);
  expect(exitCodeOfStates(["done_with_gaps", "active"])).toBe(7);
  expect(exitCodeOfStates(["active", "rejected"])).toBe(3);
  expect(exitCodeOfStates(["done", "failed"])).toBe(3);
  expect(exitCodeOfStates(["cancelled"])).toBe(3);
  expect(exitCodeOfStates(["done", "not_sent"])).toBe(7);
});

import { ApiException } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { AppError } from "../../errors/app-error.ts";
import { providerError, refusalIn } from "./errors.ts";

const answer = (code: number, body: unknown, headers: Record<string, string> = {}) =>
  new ApiException(code, "", body, headers);

describe("providerError", () => {
  it("says no more than the server's own sentence", () => {
    const headers = { "audit-id": "1", "set-cookie": "secret" };
    const body = JSON.stringify({ reason: "Forbidden", message: "pods is forbidden" });
    const error = providerError("create Pod x", answer(403, body, headers));
    expect(error.code).toBe("PROVIDER_REFUSED");
    expect(error.cause).toBeUndefined();
    expect(error.detail).toBe("create Pod x: pods is forbidden");
  });

  it.each([
    ["what a proxy said", "<html>Bad gateway</html>", "list: <html>Bad gateway</html>"],
    ["nothing", undefined, "list: HTTP 502"],
    ["no Status", "[]", "list: HTTP 502"],
    ["a number for a message", '{"message": 5}', "list: HTTP 502"],
  ])("understands %s", (_, body, detail) => {
    const error = providerError("list", answer(502, body));
    expect(error).toMatchObject({ code: "PROVIDER_UNREACHABLE", detail });
  });

  it.each([408, 409, 410, 500, 504])("takes %i for something that passes", (status) => {
    expect(providerError("list", answer(status, "")).code).toBe("PROVIDER_UNREACHABLE");
  });

  it.each([400, 401, 403, 404, 405, 413, 422])("takes %i for a refusal", (status) => {
    expect(providerError("list", answer(status, "")).code).toBe("PROVIDER_REFUSED");
  });

  it("leaves our own errors as they are, and knows nothing of others", () => {
    const own = new AppError("PROVIDER_UNREACHABLE", "no list");
    expect(providerError("list", own)).toBe(own);
    expect(providerError("list", "odd")).toMatchObject({ detail: "list: odd" });
  });
});

describe("refusalIn", () => {
  it("reads reason and pause", () => {
    const body = '{"reason": "TooManyRequests", "message": "slow down"}';
    expect(refusalIn(answer(429, body, { "retry-after": "7" }))).toEqual({
      ...{ status: 429, reason: "TooManyRequests" },
      ...{ message: "slow down", retryAfterSeconds: 7 },
    });
    expect(refusalIn(new Error("reset"))).toBeNull();
  });
});

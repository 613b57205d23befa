import { describe, expect, it } from "vitest";
import { problemOf, problemOfBody } from "./client.ts";

describe("problemOfBody", () => {
  it("never shows a body that is no problem object", () => {
    expect(problemOfBody("<html>stack trace</html>", 502).code).toBe("SERVER_UNREACHABLE");
    expect(problemOfBody(null, 500).title).toBe("The answer could not be read.");
    expect(problemOf(new Error("at foo.ts:12")).title).not.toContain("foo.ts");
  });
  it("names the proxy that let a file not through", () => {
    expect(problemOfBody(null, 413)).toMatchObject({ code: "FILE_TOO_LARGE", retryable: false });
    expect(problemOfBody("<html>nginx</html>", 413).title).toContain("proxy");
    const own = { code: "BATCH_TOO_LARGE", title: "A batch holds at most 1,000 documents." };
    expect(problemOfBody(own, 413)).toEqual(own);
  });
});

import { describe, expect, it } from "vitest";
import { problemOf, problemOfBody } from "./client.ts";

describe("problemOfBody", () => {
  it("never shows a body that is no problem object", () => {
    expect(problemOfBody("<html>stack trace</html>", 502).code).toBe("SERVER_UNREACHABLE");
    expect(problemOfBody(null, 500).title).toBe("The answer could not be read.");
    expect(problemOf(new Error("at foo.ts:12")).title).not.toContain("foo.ts");
  });
});

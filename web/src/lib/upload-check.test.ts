import { describe, expect, it } from "vitest";
import { isProtected, refusalOf, uploadBytesMax } from "./upload-check.ts";

describe("refusalOf", () => {
  const file = { name: "deck.pdf", size: 10, type: "application/pdf" };
  it("lets the server judge what may be a PDF", () => {
    expect(refusalOf(file, "")).toBeNull();
    expect(refusalOf({ name: "deck", size: 10, type: "" }, "x%PDF-1.7")).toBeNull();
    expect(refusalOf({ name: "deck.pptx", size: 10, type: "" }, "PK\u0003\u0004")).toBeNull();
  });
  it("refuses at once what is surely refused", () => {
    expect(refusalOf({ ...file, size: 0 }, "")?.code).toBe("EMPTY_FILE");
    expect(refusalOf({ ...file, size: uploadBytesMax + 1 }, "")?.code).toBe("FILE_TOO_LARGE");
    expect(refusalOf({ name: "a.txt", size: 3, type: "text/plain" }, "abc")?.code).toBe(
      "NOT_A_PDF",
    );
  });
});

describe("isProtected", () => {
  it("goes by the trailer's entry, not by the word", () => {
    expect(isProtected("trailer << /Size 22 /Encrypt 21 0 R /Root 1 0 R >>")).toBe(true);
    expect(isProtected("(How to /Encrypt a file) Tj")).toBe(false);
  });
});

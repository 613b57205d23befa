import { describe, expect, it } from "vitest";
import { documentSearch, listSearch } from "./search.ts";

describe("addresses", () => {
  it("leave out what they do not know", () => {
    expect(listSearch({ filter: "everything", q: 12 })).toEqual({ q: "12" });
    expect(documentSearch({ tab: "nope", slide: "-1" })).toEqual({});
    expect(documentSearch({ tab: "science", slide: "7" })).toEqual({ tab: "science", slide: 7 });
  });
});

import { expect, it } from "vitest";
import { pickFields } from "./fields.ts";

const answer = {
  asOf: "now",
  groups: [{ state: "open", count: 2, of: null }],
  last: { at: "then" },
};

it("keeps what is named, inside of lists too", () => {
  expect(pickFields(answer, ["asOf", "groups.state", "groups.of.x", "last.at"])).toEqual({
    ...{ asOf: "now", last: { at: "then" } },
    groups: [{ state: "open", of: null }],
  });
  expect(pickFields({ groups: [] }, ["groups.state"])).toEqual({ groups: [] });
});

it("refuses a name that is not there, and says which are", () => {
  expect(() => pickFields(answer, ["group"])).toThrow(
    /no field "group"\nFields: asOf, groups, last/,
  );
  expect(() => pickFields(answer, ["groups.stat"])).toThrow(/Fields: state, count, of/);
});

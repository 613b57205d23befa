import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantMs } from "./instant.ts";
import { parseTrace } from "./trace.ts";

const arrivals = (text: string) => {
  const parsed = parseTrace(text);
  return "trace" in parsed ? parsed.trace : parsed.problem;
};

describe("a trace", () => {
  it("is one column of seconds, with its heading or without", () => {
    const seconds = { arrivalsMs: [0, 4703435, 9000000], startMs: null };
    expect(arrivals("arrival_s\n0.000\n4703.435\n9000\n")).toEqual(seconds);
    expect(arrivals("\ufeff0\r\n4703.435\r\n\r\n# a remark\r\n9e3")).toEqual(seconds);
  });

  it("is a CSV with a column of times, wherever it stands and however it is written", () => {
    const text = [
      "name;Created_At",
      '"deck; the first.pdf";2026-11-23 12:00:10+00',
      "b.pdf;2026-11-23T13:00:05+01:00",
      "c.pdf;2026-11-23T12:00:07.250Z",
    ].join("\n");
    const startMs = Date.UTC(2026, 10, 23, 12, 0, 5);
    expect(arrivals(text)).toEqual({ arrivalsMs: [0, 2250, 5000], startMs });
  });

  it("is a JSON object, or a time, a line", () => {
    const startMs = Date.UTC(2026, 0, 1);
    const expected = { arrivalsMs: [0, 1000], startMs };
    expect(arrivals('{"timestamp":"2026-01-01T00:00:01Z"}\n{"timestamp":"2026-01-01"}')).toEqual(
      expected,
    );
    expect(arrivals('"2026-01-01T00:00:01Z"\n"2026-01-01"')).toEqual(expected);
    expect(arrivals('{"arrival_s": 2.5, "x": 1}')).toEqual({ arrivalsMs: [2500], startMs: null });
  });

  it("takes seconds and milliseconds since 1970 in a column of times", () => {
    const trace = arrivals(`timestamp\n${1.8e9}\n${1.8e12 + 500}`);
    expect(trace).toEqual({ arrivalsMs: [0, 500], startMs: 1.8e12 });
  });

  it.each([
    ["", null, "it holds no arrival"],
    ["# nothing\n\n", null, "it holds no arrival"],
    ["arrival_s\n", 1, "no arrival follows the heading"],
    ["when,what\n1,2", 1, "no column is called arrival_s or one of at, time"],
    ["arrival_s\n1\n\nsoon", 4, '"soon" is not seconds'],
    ["arrival_s\n1\n-3", 3, "-3 is before the beginning"],
    ["at\n2026-02-30", 2, '"2026-02-30" is neither seconds nor a time'],
    ["at\n17", 2, "17 is no time since 1970"],
    ["1\n2026-11-23", 2, "seconds and times are mixed"],
    ['{"arrival_s":1}\n{"arrival_s":', 2, "it is not JSON"],
    ['{"arrival_s":1}\n{"other":2}', 2, "it has none of the members arrival_s, at"],
    ['{"arrival_s":null}', 1, '"null" is not seconds'],
    ["name,arrival_s\na.pdf", 2, "the arrival is missing"],
    ["arrival_s\n0\n1e11", null, "it spans more than a century"],
    [`arrival_s\n${"9".repeat(400)}`, 2, "is no number"],
  ])("is refused with its line: %j", (text, line, what) => {
    const found = arrivals(text);
    expect(found).toEqual({ line, what: expect.stringContaining(what) });
  });

  it("says again what was written, in order, whatever the order", () => {
    const seconds = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(seconds, (values) => {
        const found = arrivals(`arrival_s\n${values.join("\n")}`);
        const wanted = values.map((value) => Math.round(value * 1000)).sort((a, b) => a - b);
        expect(found).toEqual({ arrivalsMs: wanted, startMs: null });
      }),
    );
  });

  it("never throws, whatever the file holds", () => {
    const piece = fc.constantFrom("arrival_s", "at", "{", "}", '"', ",", ";", "\n", "1", "-", ":");
    const text = fc.array(fc.oneof(piece, fc.string())).map((parts) => parts.join(""));
    fc.assert(fc.property(text, (given) => void parseTrace(given)));
  });
});

it("reads an instant as the platform does, and in UTC where no zone is said", () => {
  const times = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true });
  fc.assert(
    fc.property(times, (date) => {
      expect(instantMs(date.toISOString())).toBe(date.getTime());
    }),
  );
  expect(instantMs("2026-11-23 01:00:00-05")).toBe(Date.UTC(2026, 10, 23, 6));
  expect(instantMs("2026-11-23 01:00 +0530")).toBe(Date.UTC(2026, 10, 22, 19, 30));
  for (const bad of ["2026-13-01", "2026-02-29", "2026-11-23 24:00", "soon", "2026-11-23T"]) {
    expect(instantMs(bad), bad).toBeNull();
  }
});

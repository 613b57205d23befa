import { describe, expect, it } from "vitest";
import { deploymentAnswer, envAnswer, scalingAnswer } from "./schemas.ts";

const variable = { type: "plain", name: "A", value_or_reference_to_secret: "1" };

describe("answers of Verda", () => {
  it("tell environment variables by container or flat", () => {
    expect(envAnswer.parse([{ container_name: "x-0", env: [variable] }])).toEqual([variable]);
    expect(envAnswer.parse([variable])).toEqual([variable]);
    expect(envAnswer.parse([])).toEqual([]);
  });

  it("tell an image as text or in an object", () => {
    const read = (image: unknown) =>
      deploymentAnswer.parse({ name: "x", containers: [{ name: "x-0", image }] }).containers?.[0];
    expect(read("a:1")?.image).toBe("a:1");
    expect(read({ image: "a:1", last_updated_at: "now" })?.image).toBe("a:1");
  });

  it("may lack the scaling, tell numbers as text, and hold what nobody knows", () => {
    expect(deploymentAnswer.parse({ name: "x" }).scaling).toBeUndefined();
    const scaling = { min_replica_count: "1", max_replica_count: 2, later: { it: "grew" } };
    expect(scalingAnswer.parse(scaling)).toMatchObject({ min_replica_count: 1, later: {} });
    expect(scalingAnswer.safeParse({ min_replica_count: "one" }).success).toBe(false);
    expect(scalingAnswer.parse(null)).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { together } from "./together.ts";

describe("calls together", () => {
  it("give all their answers in order", async () => {
    expect(await together([Promise.resolve(1), null, "b"])).toEqual([1, null, "b"]);
  });

  it("fail only when the last one has ended", async () => {
    let end = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      end = resolve;
    });
    let isOver = false;
    const all = together([Promise.reject(new Error("no")), slow]).finally(() => {
      isOver = true;
    });
    const failed = expect(all).rejects.toThrow("no");
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    end();
    await failed;
  });
});

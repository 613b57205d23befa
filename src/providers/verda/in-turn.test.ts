import { describe, expect, it } from "vitest";
import { createInTurn } from "./in-turn.ts";

describe("work in turn", () => {
  it("of one key follows one after the other, after a failure too", async () => {
    const turns = createInTurn();
    const said: string[] = [];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = turns.run("a", async () => {
      await gate;
      said.push("first");
      throw new Error("no");
    });
    const second = turns.run("a", async () => said.push("second"));
    await turns.run("b", async () => said.push("other"));
    open();
    await expect(first).rejects.toThrow("no");
    await second;
    expect(said).toEqual(["other", "first", "second"]);
  });
});

import { expect, it } from "vitest";
import { makeHome } from "../../../test/support/home.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Context } from "../context.ts";
import { dbStatus } from "./db.ts";

it("tells of a fresh clone that everything is to be applied", async () => {
  const home = await makeHome();
  const objects: object[] = [];
  const output = {
    json: true,
    object: (type: string, value: object) => objects.push({ type, ...value }),
  };
  const interrupt = { signal: new AbortController().signal };
  const env = home.env({ DATABASE_URL: "" });
  const base = { output, interrupt, flags: {}, cwd: home.dir, env, clock: systemClock };
  try {
    expect(await dbStatus(base as unknown as Context)).toBe(3);
    expect(objects).toMatchObject([{ type: "db-status", place: "embedded", applied: [] }]);
  } finally {
    await home.remove();
  }
});

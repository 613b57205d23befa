import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { personAt } from "./confirm.ts";
import { Interrupted } from "./interrupt.ts";

const { signal } = new AbortController();

function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  return { input, output, person: personAt(input, output) };
}

it.each([
  ["y\n", true],
  ["Yes\n", true],
  ["\n", false],
  ["no\n", false],
])("takes %j as %s", async (typed, answer) => {
  const { input, output, person } = terminal();
  const asked = person.confirm("Stop it now?", signal);
  input.write(typed);
  expect(await asked).toBe(answer);
  expect(String(output.read())).toBe("Stop it now? [y/N] ");
});

it("takes the end of input as a no", async () => {
  const { input, person } = terminal();
  const asked = person.confirm("Stop it now?", signal);
  input.end();
  expect(await asked).toBe(false);
});

it("ends with the reason when it is interrupted", async () => {
  const controller = new AbortController();
  const asked = terminal().person.confirm("Stop it now?", controller.signal);
  controller.abort(new Interrupted("SIGINT"));
  await expect(asked).rejects.toBeInstanceOf(Interrupted);
});

it("nobody is there unless both sides are a terminal", () => {
  const { input, output } = terminal();
  expect(personAt(input, output).isThere).toBe(true);
  expect(personAt(new PassThrough(), output).isThere).toBe(false);
  expect(personAt(input, new PassThrough()).isThere).toBe(false);
});

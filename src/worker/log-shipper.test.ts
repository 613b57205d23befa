import { afterEach, describe, expect, it } from "vitest";
import { gate } from "../../test/support/worker-parts.ts";
import { AppError } from "../errors/app-error.ts";
import { createLog } from "../telemetry/log.ts";
import { createLogLines, type LogLines } from "./log-lines.ts";
import { type LogShipper, startLogShipper } from "./log-shipper.ts";

const shippers: LogShipper[] = [];
afterEach(async () => {
  for (const shipper of shippers.splice(0)) await shipper.close();
});

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => `line ${from + at}`);

function linesOf(count: number, linesMax?: number): LogLines {
  const lines = createLogLines(linesMax);
  for (const line of numbered(1, count)) lines.add(`${line}\n`);
  return lines;
}

function ship(
  lines: LogLines,
  send: (batch: readonly string[]) => Promise<void>,
  everyMs = 60_000,
) {
  const shipper = startLogShipper({ lines, send, everyMs });
  shippers.push(shipper);
  return shipper;
}

describe("lines of a log", () => {
  it("give way from the oldest on, and the next batch says how many did", () => {
    const lines = linesOf(7, 5);
    expect(lines.take(3)).toEqual(["2 older lines were dropped", "line 3", "line 4"]);
    expect(lines.take(9)).toEqual(["line 5", "line 6", "line 7"]);
  });

  it("that did not arrive stand at the front again, as far as there is room", () => {
    const lines = linesOf(3, 4);
    const batch = lines.take(3);
    for (const line of numbered(4, 3)) lines.add(line);
    lines.putBack(batch);
    expect(lines.take(9)).toEqual(["2 older lines were dropped", ...numbered(3, 4)]);
  });

  it("are cut at the length that the control plane takes", () => {
    const lines = createLogLines();
    lines.add("x".repeat(5_000));
    expect(lines.take(1)[0]).toHaveLength(4_000);
  });

  it("stay JSON where an error is long, and say whose work it is about", () => {
    const lines = createLogLines();
    const destination = { write: (line: string) => lines.add(line) };
    const log = createLog({ name: "vision-1", level: "info", destination });
    const cause = new Error("y".repeat(4_000));
    const error = new AppError("ENGINE_UNREACHABLE", "x".repeat(9_000), { cause });
    log.warn({ lease: "7-1", err: error }, "task failed");
    const [line = ""] = lines.take(1);
    expect(line.length).toBeLessThanOrEqual(4_000);
    const { lease, msg, err } = JSON.parse(line);
    expect([lease, msg, err.code]).toEqual(["7-1", "task failed", "ENGINE_UNREACHABLE"]);
    expect(err.detail).toMatch(/^x+…$/);
  });

  it("are kept as the log writes them, without secrets and a deck's words", () => {
    const lines = createLogLines();
    const destination = { write: (line: string) => lines.add(line) };
    const log = createLog({ name: "vision-1", level: "info", destination });
    log.info({ slide: { text: "Aurelia makes stents" }, token: "secret" }, "seen");
    const [line = ""] = lines.take(1);
    expect(JSON.parse(line)).toMatchObject({ name: "vision-1", msg: "seen" });
    expect(line).not.toMatch(/Aurelia|secret/);
  });
});

describe("sending a log", () => {
  it("goes on by itself, in batches of two hundred at most", async () => {
    const sent: (readonly string[])[] = [];
    const [first, second] = [gate(), gate()];
    const lines = linesOf(450);
    ship(
      lines,
      async (batch) => {
        sent.push(batch);
        if (sent.length === 1) first.open();
        if (sent.length === 3) second.open();
      },
      5,
    );
    await first.opened;
    await second.opened;
    expect(sent.map((batch) => batch.length)).toEqual([200, 200, 50]);
    expect(sent.flat()).toEqual(numbered(1, 450));
  });

  it("never has two requests at once, however long one takes", async () => {
    const go = gate();
    let [running, peak, calls] = [0, 0, 0];
    const lines = linesOf(1);
    const shipper = ship(
      lines,
      async () => {
        calls += 1;
        running += 1;
        peak = Math.max(peak, running);
        lines.add(`line ${calls}`);
        if (calls === 1) setTimeout(go.open, 30);
        if (calls > 3) lines.take(9);
        await go.opened;
        running -= 1;
      },
      1,
    );
    await go.opened;
    await shipper.close();
    expect(peak).toBe(1);
  });

  it("sends the rest before the end, and what failed again", async () => {
    const sent: (readonly string[])[] = [];
    let fails = true;
    const lines = linesOf(250);
    const tried = gate();
    const shipper = ship(
      lines,
      async (batch) => {
        tried.open();
        if (fails) throw new Error("nobody there");
        sent.push(batch);
      },
      1,
    );
    await tried.opened;
    fails = false;
    await shipper.close();
    expect(sent.flat()).toEqual(numbered(1, 250));
  });

  it("does not hold the end up when nobody answers", async () => {
    const shipper = ship(linesOf(1), () => new Promise(() => undefined));
    await shipper.close();
  });
});

import { afterEach, expect, it } from "vitest";
import type { DecisionsAnswer } from "../../src/contract/fleet.ts";
import { smallDeck } from "../support/decks.ts";
import { type RunningStack, runCli } from "../support/product.ts";
import { openRegion, type Region } from "../support/rented.ts";
import { withStack } from "../support/stack.ts";
import type { StubMachine } from "../support/verda/catalogue.ts";
import { emptyRunner } from "../support/verda/runner.ts";

const gpu = (
  name: string,
  vramGb: number,
  usd: number | null,
  spotUsd: number | null,
): StubMachine => ({ name, size: 1, vramGb, usd, spotUsd, isAvailable: true });

/** L40S is the cheapest that fits; T4 is cheaper and too small; A100 fits and has no price. */
const machines = {
  fin: [gpu("L40S", 48, 1.51, 0.75), gpu("A100", 80, null, null), gpu("T4", 16, 0.2, 0.1)],
  ice: [gpu("H100", 80, 3.58, 1.79)],
};

let regions: Region[] = [];
afterEach(async () => {
  await Promise.all(regions.map(({ stub }) => stub.close()));
});

/** Containers that only look as if they ran: where they are put is what matters. */
async function openBoth(): Promise<Region[]> {
  regions = [
    await openRegion("fin", { runner: emptyRunner, machines: machines.fin }),
    await openRegion("ice", { runner: emptyRunner, machines: machines.ice }),
  ];
  return regions;
}

async function placements(stack: RunningStack): Promise<DecisionsAnswer["decisions"]> {
  const url = `${stack.url}/api/fleet/decisions?pool=vision&limit=100`;
  const { decisions } = (await (await fetch(url)).json()) as DecisionsAnswer;
  return decisions.filter(({ action }) => action === "place").toReversed();
}

const machineOf = async ({ api }: RunningStack) => {
  const { replicas } = await api.fleet();
  return replicas.find(({ name, phase }) => name === "vision-1" && phase === "provisioning");
};

async function withBoth(test: (stack: RunningStack) => Promise<void>): Promise<void> {
  const overrides = {
    engine: "ollama",
    providers: regions.map(({ provider }) => provider),
    fleet: { calmMs: 0 },
  };
  const env = Object.assign({}, ...regions.map((region) => region.env));
  expect(await withStack({ overrides, env }, test)).toEqual([]);
}

it("rents the cheapest machine that fits, and says so on the command line", async () => {
  await openBoth();
  await withBoth(async (stack) => {
    await stack.api.upload(await smallDeck("Barmona", 3), "deck.pdf");
    const replica = await stack.api.until("a machine", () => machineOf(stack));
    expect(replica).toMatchObject({
      provider: "fin",
      machine: { gpu: "L40S", region: "FIN", spot: true, usdPerHour: 0.75 },
    });
    const said = await runCli(stack.home, ["fleet", "decisions", "--url", stack.url]);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(
      /place +vision-1 .*vision-1 on L40S at fin in FIN, spot, \$0\.75 an hour: cheapest/,
    );
    expect(said.out).toMatch(/A100.* unpriced/);
    expect(said.out).toMatch(/T4.*16 GB/);
  });
});

it("takes the next best machine when the first is refused, and remembers that", async () => {
  const [fin] = await openBoth();
  fin?.stub.setCapacity("L40S", 1, 0);
  await withBoth(async (stack) => {
    await stack.api.upload(await smallDeck("Barmona", 3), "deck.pdf");
    const replica = await stack.api.until("a machine elsewhere", async () => {
      const found = await machineOf(stack);
      return found?.provider === "ice" ? found : undefined;
    });
    expect(replica.machine).toMatchObject({ gpu: "H100", region: "ICE", spot: true });
    const made = await placements(stack);
    // Spot first, then the same on demand: that a region has no spot machine says nothing of the others.
    expect(made.map(({ sentence }) => sentence.split(":")[0])).toEqual([
      "vision-1 on L40S at fin in FIN, spot, $0.75 an hour",
      "vision-1 on L40S at fin in FIN, on demand, $1.51 an hour",
      "vision-1 on H100 at ice in ICE, spot, $1.79 an hour",
    ]);
    expect(made.slice(1).map(({ rule }) => rule)).toEqual(Array(2).fill("provider-no-capacity"));
    expect(made[2]?.sentence).toMatch(/L40S.*(no capacity|refused)/);
    // Nothing was left behind at the place that refused.
    expect(fin?.stub.bill.every(({ endedAtMs }) => endedAtMs !== null)).toBe(true);
  });
});

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Home, makeHome } from "../support/home.ts";
import { startCli, startStack } from "../support/product.ts";
import { secondSwitches } from "../support/verda/switches.ts";
import { startVerdaStub, type VerdaStub } from "../support/verda/verda-stub.ts";

let home: Home;
let stub: VerdaStub;
beforeEach(async () => {
  home = await makeHome();
  stub = await startVerdaStub();
});
afterEach(async () => {
  await stub.close();
  await home.remove();
});

const providers = () => [
  { kind: "local" },
  { kind: "verda", apiUrl: stub.apiUrl, image: "registry.invalid/pilotlight:1.0.0" },
];
const credentials = () => ({
  VERDA_CLIENT_ID: stub.clientId,
  VERDA_CLIENT_SECRET: stub.clientSecret,
});

async function startVerify(...more: readonly string[]) {
  const file = join(home.dir, "verify.yaml");
  await writeFile(file, JSON.stringify({ providers: providers() }));
  const words = ["verify", "verda", "--spend-at-most", "2.00", "--yes", ...more];
  return startCli(home, words, { ...credentials(), PILOTLIGHT_CONFIG: file });
}

function nothingIsLeft(): void {
  expect([...stub.deployments.keys()]).toEqual([]);
  expect([...stub.secrets.keys()]).toEqual([]);
  expect(stub.bill.filter(({ endedAtMs }) => endedAtMs === null)).toEqual([]);
}

it("settles what can be settled and stores it where no stack runs", async () => {
  const { code, out, said } = await (await startVerify("--json")).ended;
  expect(said).toContain("This will cost at most $1.78");
  const report = JSON.parse(out);
  expect(report).toMatchObject({ ok: true, stored: true, left: null, machine: { gpu: "L40S" } });
  expect(code).toBe(0);
  nothingIsLeft();
  // The next one shows what is no longer as it was.
  await stub.close();
  stub = await startVerdaStub({ switches: secondSwitches });
  const again = await (await startVerify()).ended;
  expect(again.out).toMatch(/On \d{4}-\d\d-\d\d it was: 201/);
  expect(again.out).toContain("Nothing of this check is left.");
  nothingIsLeft();
  expect(await home.leftovers()).toEqual([]);
});

it("is left alone by a stack that runs, and Ctrl-C takes all of it back", async () => {
  stub.troubles.stuck = true;
  const stack = await startStack(home, {
    overrides: { providers: providers() },
    env: credentials(),
  });
  const check = await startVerify();
  await check.heard(/To start the image/);
  const foreign = await stack.api.until("the check's replica among those of others", async () => {
    const { providers: seen } = await stack.api.fleet();
    return seen.flatMap((one) => one.foreign)[0];
  });
  expect(foreign).toMatch(/^pl-[0-9a-f]{8}verify-check-1$/);
  expect(stub.deployments.get(foreign)).toMatchObject({ isPaused: false });
  expect(stub.deployments.get(foreign)?.scaling?.min_replica_count).toBe(1);
  check.child.kill("SIGINT");
  const { code, out } = await check.ended;
  expect(out).toContain("Nothing of this check is left.");
  expect(out).toContain("What is known is stored.");
  expect(code).toBe(130);
  nothingIsLeft();
  await stack.stop();
  expect(await home.leftovers()).toEqual([]);
});

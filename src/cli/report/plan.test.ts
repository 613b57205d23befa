import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadConfig } from "../../config.ts";
import type { Offer } from "../../sim/plan/offer.ts";
import type { Option } from "../../sim/plan/plan.ts";
import { offersOf } from "../study/offers.ts";
import { recommendedYaml } from "./plan.ts";

const option = (offer: Offer): Option =>
  ({
    ...{ offer, policy: "just-in-time:wait-price=2", caps: { vision: 3, text: 4 } },
  }) as unknown as Option;

it("recommends only settings that exist, whatever it recommends", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "pilotlight-plan-"));
  for (const offer of offersOf({ spotLostPerHour: "0.1", speed: "RTX PRO 6000=1.4" })) {
    await writeFile(join(cwd, "pilotlight.yaml"), recommendedYaml(option(offer)));
    const config = loadConfig({ cwd, env: {} });
    if (offer.topology === "dedicated") {
      expect(config.providers.map(({ kind }) => kind)).toEqual(["static"]);
      continue;
    }
    expect(config.autoscaler.policy).toBe("just-in-time:wait-price=2");
    expect(config.fleet.topology).toBe(offer.topology);
    expect([config.scaling.vision.maxReplicas, config.scaling.text.maxReplicas]).toEqual([3, 4]);
    if (offer.gpu !== null) expect(config.fleet.gpus).toEqual([offer.gpu]);
  }
  await rm(cwd, { recursive: true });
});

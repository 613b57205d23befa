import { describe } from "vitest";
import { firstSwitches, only, secondSwitches, switchNames } from "../support/verda/switches.ts";
import { providerConformance } from "./provider.ts";
import { openVerda } from "./verda-harness.ts";

// What is not known about the API must make no difference: each of it both ways.
describe("verda as it is said to be", () => {
  providerConformance(() => openVerda({ stub: { switches: firstSwitches } }));
});

describe("verda the other way in everything", () => {
  providerConformance(() => openVerda({ stub: { switches: secondSwitches } }));
});

describe.each(switchNames)("verda the other way in %s alone", (name) => {
  providerConformance(() => openVerda({ stub: { switches: only(name) } }));
});

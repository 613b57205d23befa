import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { slideOf } from "../../test/support/slides.ts";
import { leaseOf } from "../../test/support/worker-parts.ts";
import type { SlideAnalysis } from "../contract/results.ts";
import { AppError } from "../errors/app-error.ts";
import { seededRandom } from "../lib/random.ts";
import { createLog } from "../telemetry/log.ts";
import type { ControlClient } from "./control-client.ts";
import { createVisualResults } from "./visual-results.ts";

const deck = Buffer.from("one slide");
const slidesBy = (who: string): SlideAnalysis[] => [slideOf(1, `read from ${who}`)];
const lease = (handoff: SlideAnalysis[] | null) =>
  leaseOf("extractions_and_template", deck, {
    handoff: handoff === null ? null : { slides: handoff },
  });

type Answer = SlideAnalysis[] | null | "broken" | "silent";

/** A control plane of which only visual results are asked. */
function controlThat(answer: Answer, asked: string[]): ControlClient {
  const visualResults: ControlClient["visualResults"] = async (_document, signal, of) => {
    asked.push(`control ${of?.id ?? "without a lease"}`);
    if (answer === "broken") throw new AppError("INTERNAL");
    if (answer !== "silent") return answer;
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  };
  return { visualResults } as Partial<ControlClient> as ControlClient;
}

let neighbour: Server | undefined;
afterEach(() => {
  neighbour?.closeAllConnections();
  neighbour?.close();
  neighbour = undefined;
});

/** A vision container's own API. */
async function neighbourThat(answer: Answer, asked: string[]): Promise<string> {
  neighbour = createServer((_request, response) => {
    asked.push("neighbour");
    if (answer === "silent") return;
    if (answer === "broken") response.destroy();
    else {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ slides: answer ?? [] }));
    }
  });
  await new Promise<void>((resolve) => neighbour?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(neighbour.address() as AddressInfo).port}`;
}

async function ask(
  given: { inline?: SlideAnalysis[]; control: Answer; neighbour?: Answer },
  patience = { handoffMs: 30_000, communicationMs: 15_000 },
) {
  const asked: string[] = [];
  const results = await resultsFrom(given, patience, asked);
  const found = results.forLease(lease(given.inline ?? null), new AbortController().signal);
  return { asked, found };
}

async function resultsFrom(
  given: { control: Answer; neighbour?: Answer },
  patience: { handoffMs: number; communicationMs: number },
  asked: string[],
) {
  const visionUrl =
    given.neighbour === undefined ? null : await neighbourThat(given.neighbour, asked);
  return createVisualResults({
    control: controlThat(given.control, asked),
    visionUrl,
    containerToken: null,
    ...patience,
    random: seededRandom(1),
    log: createLog({ name: "test", level: "silent", destination: 2 }),
  });
}

it("are forgotten with their document, and those of other documents and workspaces are not", async () => {
  const patience = { handoffMs: 30_000, communicationMs: 15_000 };
  const results = await resultsFrom({ control: null }, patience, []);
  // What a caller of the API sent belongs to no workspace: it goes with any.
  const gone = ["one/pitch-deck@1|aa", "one/pitch-deck@2|aa", "open|aa"];
  const others = ["one/pitch-deck@1|ab", "two/x@1|aa", "open|ab"];
  const kept = [...gone, ...others];
  const split = (key: string): [string, string] => {
    const [scope = "", document = ""] = key.split("|");
    return [document, scope];
  };
  for (const key of kept) results.keep(...split(key), slidesBy(key));
  results.forget([{ workspace: "one", sha256: "aa" }]);
  const found = await Promise.all(
    kept.map((key) =>
      results.forDocument(...split(key), new AbortController().signal).then(
        () => key,
        (error: AppError) => error.code,
      ),
    ),
  );
  expect(found).toEqual([...gone.map(() => "UNKNOWN_DOCUMENT"), ...others]);
});

describe("visual results of a lease", () => {
  it("are those that came with it, and nobody is asked", async () => {
    const inline = slidesBy("the lease");
    const { asked, found } = await ask({ inline, control: slidesBy("control") });
    expect(await found).toEqual(inline);
    expect(asked).toEqual([]);
  });

  it("come from the control plane, by the lease, when they were too large to come along", async () => {
    const { asked, found } = await ask({ control: slidesBy("control"), neighbour: null });
    expect(await found).toEqual(slidesBy("control"));
    expect(asked).toEqual([expect.stringMatching(/^control \d+-\d+$/)]);
  });

  it.each([
    ["knows nothing", null],
    ["fails", "broken"],
  ] as const)("come from the vision container when the control plane %s", async (_how, control) => {
    const { asked, found } = await ask({ control, neighbour: slidesBy("the neighbour") });
    expect(await found).toEqual(slidesBy("the neighbour"));
    expect(asked.map((who) => who.split(" ")[0])).toEqual(["control", "neighbour"]);
  });

  it("come from the vision container while the control plane hangs: one silent party leaves time for the next", async () => {
    const { found } = await ask(
      { control: "silent", neighbour: slidesBy("the neighbour") },
      { handoffMs: 20_000, communicationMs: 100 },
    );
    expect(await found).toEqual(slidesBy("the neighbour"));
  });

  it("are missing, with a code, when everybody is silent for the whole time of a handoff", async () => {
    const { found } = await ask(
      { control: "silent", neighbour: "silent" },
      { handoffMs: 300, communicationMs: 200 },
    );
    await expect(found).rejects.toMatchObject({ code: "HANDOFF_MISSING" });
  });
});

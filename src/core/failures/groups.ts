import { fingerprintOf, normaliseMessage } from "./fingerprint.ts";

/** How it stands with what failed: given up, tried again by itself, done after all, or of no interest any more. */
export type Standing = "open" | "healing" | "recovered" | "ended";

/** One thing that went wrong, with what became of it. */
export interface FailureFact {
  readonly kind: "attempt" | "slide" | "fetch" | "upload";
  readonly atMs: number;
  readonly stage: string;
  readonly code: string;
  readonly detail: string | null;
  /** Public ids; null for an upload that was refused. */
  readonly document: string | null;
  readonly pipeline: string | null;
  readonly slide: number | null;
  /** Name and model, such as `ollama llava:7b`. */
  readonly engine: string | null;
  readonly pack: string | null;
  readonly packVersion: number | null;
  readonly standing: Standing;
  /** What the next try of the same thing came to; null: there was none yet. */
  readonly next: "done" | "failed" | null;
}

/** What a person said of a group last. */
export interface Acknowledgement {
  readonly fingerprint: string;
  readonly kind: "acknowledged" | "muted" | "reopened";
  readonly atMs: number;
  /** Of a mute: it ends with a newer version of a pack, another pack, or another engine. */
  readonly untilPack: number | null;
  /** `NAME@VERSION`, the newest of each; none: of before mutes told packs apart. */
  readonly packs: readonly string[];
  readonly engines: readonly string[];
}

export type GroupState = "open" | "healing" | "acknowledged" | "recovered" | "ended";

export interface FailureGroup<Fact extends FailureFact = FailureFact> {
  readonly fingerprint: string;
  readonly stage: string;
  readonly code: string;
  /** The message without its particulars; empty: none was told. */
  readonly message: string;
  readonly state: GroupState;
  /** Newest first. */
  readonly facts: readonly Fact[];
  /** Tries that followed a failure, and how many of them went well. */
  readonly retried: number;
  readonly helped: number;
}

/** Groups, those that need somebody first, then the newest. */
export function groupFailures<Fact extends FailureFact>(
  facts: readonly Fact[],
  said: ReadonlyMap<string, Acknowledgement>,
): FailureGroup<Fact>[] {
  const byMark = new Map<string, Fact[]>();
  // Most failures say word for word what others did, and telling a kind takes longer than all the rest.
  const known = new Map<string, string>();
  for (const fact of facts) {
    const words = `${fact.stage}\u0000${fact.code}\u0000${fact.detail ?? ""}`;
    const fingerprint = known.get(words) ?? fingerprintOf(fact);
    known.set(words, fingerprint);
    const own = byMark.get(fingerprint);
    if (own === undefined) byMark.set(fingerprint, [fact]);
    else own.push(fact);
  }
  return [...byMark]
    .map(([fingerprint, own]) => groupOf(fingerprint, own, said.get(fingerprint)))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || lastOf(b) - lastOf(a));
}

const order: readonly GroupState[] = ["open", "healing", "acknowledged", "recovered", "ended"];
const lastOf = ({ facts }: FailureGroup): number => facts[0]?.atMs ?? 0;

function groupOf<Fact extends FailureFact>(
  fingerprint: string,
  unsorted: readonly Fact[],
  said: Acknowledgement | undefined,
): FailureGroup<Fact> {
  const facts = unsorted.toSorted((a, b) => b.atMs - a.atMs);
  const [newest] = facts;
  return {
    fingerprint,
    stage: newest?.stage ?? "",
    code: newest?.code ?? "INTERNAL",
    message: normaliseMessage(newest?.detail ?? ""),
    state: stateOf(facts, said),
    facts,
    retried: facts.filter(({ next }) => next !== null).length,
    helped: facts.filter(({ next }) => next === "done").length,
  };
}

function stateOf(facts: readonly FailureFact[], said: Acknowledgement | undefined): GroupState {
  const has = (standing: Standing): boolean => facts.some((fact) => fact.standing === standing);
  if (facts.some((fact) => fact.standing === "open" && !isCovered(fact, said))) return "open";
  if (has("healing")) return "healing";
  if (has("open")) return "acknowledged";
  return has("recovered") ? "recovered" : "ended";
}

/** Whether a person has said of this one that it is known. What came after an acknowledgement is news again. */
function isCovered(fact: FailureFact, said: Acknowledgement | undefined): boolean {
  if (said === undefined || said.kind === "reopened") return false;
  if (said.kind === "acknowledged") return fact.atMs <= said.atMs;
  const isSameEngine = fact.engine === null || said.engines.includes(fact.engine);
  return isSameEngine && (fact.packVersion ?? 0) <= mutedVersion(fact.pack, said);
}

/** Up to which version of this pack. */
function mutedVersion(pack: string | null, { packs, untilPack }: Acknowledgement): number {
  if (pack === null || packs.length === 0) return untilPack ?? 0;
  const own = packs.find((one) => one.startsWith(`${pack}@`));
  return own === undefined ? -1 : Number(own.slice(pack.length + 1));
}

/** The newest version of each pack that failed so, as `NAME@VERSION`. */
export function newestPacks(facts: readonly Pick<FailureFact, "pack" | "packVersion">[]): string[] {
  const newest = new Map<string, number>();
  for (const { pack, packVersion } of facts) {
    if (pack === null) continue;
    newest.set(pack, Math.max(newest.get(pack) ?? 0, packVersion ?? 0));
  }
  return [...newest].map(([pack, version]) => `${pack}@${version}`);
}

/** Counts by hour or by day up to now, oldest first. Bounds are those of UTC. */
export function trendOf(
  facts: readonly Pick<FailureFact, "atMs">[],
  {
    nowMs,
    stepMs,
    steps,
  }: { readonly nowMs: number; readonly stepMs: number; readonly steps: number },
): { readonly fromMs: number; readonly count: number }[] {
  const last = Math.floor(nowMs / stepMs);
  const counts = Array.from({ length: steps }, () => 0);
  for (const { atMs } of facts) {
    const at = steps - 1 - (last - Math.min(last, Math.floor(atMs / stepMs)));
    if (at >= 0) counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count, at) => ({ fromMs: (last - steps + 1 + at) * stepMs, count }));
}

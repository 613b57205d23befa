import type { EventView } from "../api/types.ts";
import { because, count, replicaWords, type Teller, type Told, text } from "./event-data.ts";
import { phaseWords } from "./words.ts";

const orders: Readonly<Record<string, (target: string) => string>> = {
  start: (target) => `one more replica of ${target} was asked for`,
  pause: (target) => `starts of ${target} are paused`,
  resume: (target) => `replicas of ${target} may be started again`,
  drain: (target) => `${target} is to finish what it holds and end`,
  stop: (target) => `${target} is to stop now`,
};

/** What an operator asked for; an order of a pool names no replica. */
function ordered({ data }: EventView): Told {
  const isReplica = text(data, "replica") !== null || count(data, "replica") !== null;
  const target = isReplica ? replicaWords(data) : (text(data, "pool") ?? "the fleet");
  const tell = orders[text(data, "kind") ?? ""];
  const what = tell === undefined ? `an order was given for ${target}` : tell(target);
  const by = text(data, "by");
  return { words: `${what}${by === null ? "" : `, by ${by}`}${because(data, "reason")}` };
}

/** Of containers, replicas and those who give orders. */
export const fleetTellers: Readonly<Record<string, Teller>> = {
  "container.registered": ({ data }) => ({ words: `${replicaWords(data)} came up` }),
  "container.phase": ({ data }) => {
    const phase = text(data, "phase");
    if (phase === null) return null;
    return { words: `${replicaWords(data)}: ${phaseWords(phase as never) ?? phase}` };
  },
  "container.lost": ({ data }) => ({
    words: `${replicaWords(data)} went away${because(data, "reason")}`,
    tone: "warn",
  }),
  "replica.requested": ({ data }) => ({ words: `${replicaWords(data)} was asked for` }),
  "replica.adopted": ({ data }) => {
    const provider = text(data, "provider");
    const at = provider === null ? "" : ` at ${provider}`;
    return { words: `${replicaWords(data)} was found${at} and taken over` };
  },
  "replica.trouble": ({ data }) => ({
    words: `${replicaWords(data)} has trouble${because(data, "trouble")}`,
    tone: "warn",
  }),
  "replica.stopping": ({ data }) => ({
    words: `${replicaWords(data)} is stopping${because(data, "reason")}`,
  }),
  "replica.stopped": ({ data }) => ({ words: `${replicaWords(data)} has stopped` }),
  "replica.failed": ({ data }) => ({
    words: `${replicaWords(data)} failed${because(data, "detail")}`,
    tone: "bad",
  }),
  "fleet.order": ordered,
  "leader.changed": ({ data }) => {
    const term = count(data, "term");
    const which = term === null ? "" : `, term ${term}`;
    const holder = text(data, "holder");
    const who = holder === null ? "another control plane" : `control plane ${holder}`;
    return { words: `${who} leads now${which}` };
  },
};

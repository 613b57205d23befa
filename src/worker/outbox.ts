import type { Settlement } from "../contract/worker-protocol.ts";
import { failureOf } from "../errors/app-error.ts";

/** A result on its way to the control plane. */
export interface Parcel {
  readonly settlement: Settlement;
  /** It was refused together with others: from now on it travels by itself. */
  readonly isAlone: boolean;
  /** Its result was refused, and this says so in its place. */
  readonly isReplaced: boolean;
}

/** Results that wait to be settled. */
export interface Outbox {
  isEmpty(): boolean;
  add(settlement: Settlement): void;
  /** What the next request carries: one result that has to travel by itself, else all. */
  take(): readonly Parcel[];
  /** They did not arrive. */
  putBack(parcels: readonly Parcel[]): void;
  /**
   * The control plane, or a proxy before it, wants no request that carries these; the same request again
   * would be refused for ever. Of several each goes by itself. One alone becomes a failure of its task, so
   * that the attempt counts. A failure that is refused too is given up: returned, and no longer kept.
   */
  refuse(parcels: readonly Parcel[], why: unknown): readonly Parcel[];
}

const detailMax = 500;

export function createOutbox(): Outbox {
  let waiting: readonly Parcel[] = [];
  const putBack = (parcels: readonly Parcel[]): void => {
    waiting = [...parcels, ...waiting];
  };
  return {
    isEmpty: () => waiting.length === 0,
    add(settlement) {
      waiting = [...waiting, { settlement, isAlone: false, isReplaced: false }];
    },
    take() {
      const alone = waiting.find(({ isAlone }) => isAlone);
      const taken = alone === undefined ? waiting : [alone];
      waiting = waiting.filter((parcel) => !taken.includes(parcel));
      return taken;
    },
    putBack,
    refuse(parcels, why) {
      const [only] = parcels;
      if (only === undefined) return [];
      if (parcels.length > 1) {
        putBack(parcels.map((parcel) => ({ ...parcel, isAlone: true })));
        return [];
      }
      if (only.isReplaced || only.settlement.outcome.kind === "released") return [only];
      putBack([replaced(only, why)]);
      return [];
    },
  };
}

/** A code that is tried again: on another way, or read anew, the result may pass. */
function replaced({ settlement }: Parcel, why: unknown): Parcel {
  const { code, detail } = failureOf(why);
  const said = detail === null ? code : `${code}: ${detail}`;
  const outcome = {
    kind: "failed",
    code: "MODEL_OUTPUT_INVALID",
    detail: `The result was refused on its way to the control plane (${said}).`.slice(0, detailMax),
  } as const;
  return { settlement: { ...settlement, outcome }, isAlone: true, isReplaced: true };
}

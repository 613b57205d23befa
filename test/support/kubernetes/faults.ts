import { type Random, seededRandom } from "../../../src/lib/random.ts";
import { Refusal } from "./objects.ts";

/** How a call goes wrong: with an answer, with a cut, or with silence; before its deed or after. */
export interface Fault {
  readonly how: Refusal | "reset" | "hang";
  readonly when: "before" | "after";
}

interface Planned extends Fault {
  readonly call: RegExp;
  times: number;
}

/** Out of three calls one fails while the stub is disturbed; one of them all is never answered. */
const share = 1 / 3;
const hangsMax = 1;

/** Which calls fail. A call is written `POST /api/v1/...?query`. */
export class Faults {
  readonly #planned: Planned[] = [];
  #random: Random | null = null;
  #hangs = 0;

  plan(call: RegExp, how: Fault["how"], when: Fault["when"] = "before", times = 1): void {
    this.#planned.push({ call, how, when, times });
  }

  disturb(seed: number): void {
    this.#random = seededRandom(seed);
    this.#hangs = 0;
  }

  calm(): void {
    this.#random = null;
  }

  of(call: string): Fault | null {
    const planned = this.#planned.find((one) => one.times > 0 && one.call.test(call));
    if (planned !== undefined) {
      planned.times -= 1;
      return planned;
    }
    return this.#random === null || this.#random.next() > share ? null : this.#any(this.#random);
  }

  #any(random: Random): Fault {
    const when = random.next() < 0.5 ? "before" : "after";
    const choice = Math.floor(random.next() * 6);
    if (choice === 0) return { how: "reset", when };
    if (choice === 1 && this.#hangs < hangsMax) {
      this.#hangs += 1;
      return { how: "hang", when };
    }
    // A refusal means that nothing was done.
    if (choice === 2) {
      return { how: new Refusal(403, "Forbidden", "exceeded quota: gpus"), when: "before" };
    }
    if (choice === 3) {
      const after = { "retry-after": "1" };
      return { how: new Refusal(429, "TooManyRequests", "slow down", after), when: "before" };
    }
    return { how: new Refusal(500, "InternalError", "etcdserver: request timed out"), when };
  }
}

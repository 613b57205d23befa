import { seededRandom } from "../../../src/lib/random.ts";

/** What happens to a call, before the deed or after it. A refusal is always before. */
export type Fault =
  | {
      readonly kind: "answer";
      readonly when: "before" | "after";
      readonly status: number;
      /** Text is sent as it is, anything else as JSON. */
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is cut; or it stays open, and nothing comes. */
  | { readonly kind: "reset" | "hang"; readonly when: "before" | "after" };

/** The fault of the next call, or none. */
export type FaultSchedule = () => Fault | null;

const error = (status: number, code: string, message: string) => ({
  kind: "answer" as const,
  status,
  body: { code, message },
});

export const serverError = (when: "before" | "after"): Fault => ({
  ...error(500, "server_error", "Something went wrong"),
  when,
});
export const unavailable: Fault = {
  ...error(503, "service_unavailable", "Try again later"),
  when: "before",
};
export const badGateway: Fault = {
  kind: "answer",
  when: "before",
  status: 502,
  body: "<html><body><h1>502 Bad Gateway</h1></body></html>",
  headers: { "content-type": "text/html" },
};
export const unauthorized: Fault = {
  ...error(401, "unauthorized_request", "Access token is missing or invalid"),
  when: "before",
};
export const noFunds: Fault = {
  ...error(402, "insufficient_funds", "Top up your balance"),
  when: "before",
};
export const tooMany = (seconds: number | null): Fault => ({
  ...error(429, "too_many_requests", "Slow down"),
  when: "before",
  headers: seconds === null ? {} : { "retry-after": String(seconds) },
});

/** While the API is down: what is ordered may be done all the same. */
const outages: readonly (readonly [number, Fault])[] = [
  [0.3, unavailable],
  [0.2, badGateway],
  [0.15, serverError("before")],
  [0.05, serverError("after")],
  [0.15, { kind: "reset", when: "before" }],
  [0.05, { kind: "reset", when: "after" }],
  [0.05, { kind: "hang", when: "before" }],
  [0.05, tooMany(1)],
];

const disturbances: readonly (readonly [number, Fault])[] = [
  [0.05, serverError("before")],
  [0.06, serverError("after")],
  [0.03, { kind: "reset", when: "before" }],
  [0.04, { kind: "reset", when: "after" }],
  [0.02, { kind: "hang", when: "before" }],
  [0.02, { kind: "hang", when: "after" }],
  [0.02, tooMany(1)],
  [0.03, badGateway],
  [0.02, unavailable],
  [0.01, unauthorized],
];

/** About three calls in ten fail, by chance of this seed. */
export const disturbedBy = (seed: number): FaultSchedule => drawn(disturbances, seed);

/** Every call fails, in a way that is drawn by this seed. */
export function failingBy(seed: number): FaultSchedule {
  const draw = drawn(outages, seed);
  return () => draw() ?? unavailable;
}

function drawn(shares: readonly (readonly [number, Fault])[], seed: number): FaultSchedule {
  const random = seededRandom(seed);
  return () => {
    let at = random.next();
    for (const [share, fault] of shares) {
      if (at < share) return fault;
      at -= share;
    }
    return null;
  };
}

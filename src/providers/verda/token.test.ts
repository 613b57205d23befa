import { describe, expect, it } from "vitest";
import { manualClock } from "../../lib/clock.ts";
import { VerdaError } from "./errors.ts";
import { createTokens } from "./token.ts";
import type { Transport } from "./transport.ts";

function tokensOf(answer: (serial: number) => unknown) {
  let serial = 0;
  const transport: Transport = {
    async exchange() {
      serial += 1;
      return { status: 200, body: answer(serial) };
    },
    failure: () => new VerdaError("PROVIDER_REFUSED", "no", { status: 400, reason: null }),
  };
  const clock = manualClock();
  const tokens = createTokens({ transport, clock, clientId: "us", clientSecret: "secret" });
  return { tokens, clock, asked: () => serial };
}
const good = (serial: number) => ({ access_token: `t${serial}`, expires_in: 3_600 });

describe("the token of Verda", () => {
  it("is not got again for one that was refused late", async () => {
    const { tokens, asked } = tokensOf(good);
    const first = await tokens.get();
    expect(await tokens.renew(first)).toBe("t2");
    expect(await tokens.renew(first)).toBe("t2");
    expect(asked()).toBe(2);
  });

  it("is kept as long as it says, or an hour when it does not say", async () => {
    const { tokens, clock, asked } = tokensOf((serial) => ({ access_token: `t${serial}` }));
    await tokens.get();
    clock.advance(3_539_999);
    await tokens.get();
    expect(asked()).toBe(1);
    clock.advance(1);
    await tokens.get();
    expect(asked()).toBe(2);
  });

  it("is asked for again after an answer without one", async () => {
    const { tokens } = tokensOf((serial) => (serial === 1 ? {} : good(serial)));
    await expect(tokens.get()).rejects.toMatchObject({ code: "PROVIDER_UNREACHABLE" });
    expect(await tokens.get()).toBe("t2");
  });
});

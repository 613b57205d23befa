import { saveLook } from "../../db/provider-looks.ts";
import { failureOf } from "../../errors/app-error.ts";
import type { Provider, ReplicaSighting } from "../../providers/provider.ts";
import type { ServiceContext } from "../context.ts";

/** A provider with the kind it is configured as. */
export interface KnownProvider {
  readonly provider: Provider;
  readonly kind: "local" | "verda" | "kubernetes" | "static";
}

export interface ProviderWatch {
  /** What runs there now; null when it could not be seen: then nothing may be concluded. */
  look(): Promise<readonly ReplicaSighting[] | null>;
  /** The last look that succeeded. */
  readonly last: readonly ReplicaSighting[];
}

/** A look that went like the one before is written down again after this long. */
const rewriteMs = 5_000;

/** Looks at one provider and keeps, for everybody to see, how that went. */
export function watchProvider(
  context: ServiceContext,
  { provider, kind }: KnownProvider,
  installation: string,
): ProviderWatch {
  let last: readonly ReplicaSighting[] = [];
  let said = "";
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const say = async (ok: boolean, detail: string | null): Promise<void> => {
    const others = last.filter((one) => one.installation !== installation).map(({ name }) => name);
    const words = JSON.stringify([ok, detail, others]);
    const nowMs = context.clock.nowMs();
    if (words === said && nowMs - saidAtMs < rewriteMs) return;
    if (!ok && words !== said) {
      context.log.warn({ provider: provider.name, detail }, "the provider could not be seen");
    }
    await saveLook(context.sql, { provider: provider.name, kind, ok, detail, others });
    said = words;
    saidAtMs = nowMs;
  };
  return {
    get last() {
      return last;
    },
    async look() {
      try {
        last = await provider.observe();
      } catch (error) {
        const { code, detail } = failureOf(error);
        await say(false, detail === null ? code : `${code}: ${detail}`);
        return null;
      }
      await say(true, null);
      return last;
    },
  };
}

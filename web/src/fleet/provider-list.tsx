import type { ProviderView } from "../api/types.ts";
import { Badge } from "../ui/badge.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";

/** One provider that answers is nothing to talk about. */
const isWorthShowing = (providers: readonly ProviderView[]): boolean =>
  providers.length > 1 || providers.some(({ ok, foreign }) => !ok || foreign.length > 0);

function Provider({ provider }: { provider: ProviderView }) {
  const { name, kind, ok, detail, seenAt, foreign } = provider;
  return (
    <li className="space-y-1 px-4 py-2.5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium break-words">{name}</span>
        {kind !== name && <span className="text-xs text-ink-3">{kind}</span>}
        <Badge tone={ok ? "good" : "bad"}>{ok ? "Answers" : "Does not answer"}</Badge>
        <span className="text-xs text-ink-3">
          {seenAt === null ? (
            "never seen"
          ) : (
            <>
              seen <Ago at={seenAt} />
            </>
          )}
        </span>
      </p>
      {!ok && detail !== null && <p className="text-[13px] break-words text-ink-2">{detail}</p>}
      {foreign.length > 0 && (
        <p className="text-[13px] break-words text-ink-3">
          Of other installations, left alone: {foreign.join(", ")}
        </p>
      )}
    </li>
  );
}

export function ProviderPanel({ providers }: { providers: readonly ProviderView[] }) {
  if (!isWorthShowing(providers)) return null;
  return (
    <section aria-label="Providers">
      <h2 className="mb-2 font-semibold">Providers</h2>
      <Panel>
        <ul className="divide-y divide-line">
          {providers.map((provider) => (
            <Provider key={provider.name} provider={provider} />
          ))}
        </ul>
      </Panel>
    </section>
  );
}

import { Link } from "@tanstack/react-router";
import type { Phase, ReplicaView } from "../api/types.ts";
import type { Tone } from "../lib/event-data.ts";
import { isOver } from "../lib/fleet-words.ts";
import { durationWords, momentWords } from "../lib/format.ts";
import { useNow } from "../lib/use-now.ts";
import { phaseWords } from "../lib/words.ts";
import { Badge } from "../ui/badge.tsx";
import { Ago } from "../ui/time.tsx";
import { ReplicaActions } from "./replica-actions.tsx";
import { PhaseNote, ReplicaFacts, Trouble } from "./replica-facts.tsx";
import { StartupBar } from "./startup-bar.tsx";

const toneOf = (phase: Phase): Tone | "accent" => {
  if (phase === "ready") return "good";
  if (phase === "failed") return "bad";
  if (phase === "draining") return "warn";
  return phase === "stopped" ? "plain" : "accent";
};

/** How long it has been in its phase; what has ended says when. */
function PhaseTime({ replica: { phase, since } }: { replica: ReplicaView }) {
  const nowMs = useNow();
  if (isOver(phase)) return <Ago at={since} />;
  return (
    <time dateTime={since} title={momentWords(since)}>
      for {durationWords(Math.max(0, (nowMs - Date.parse(since)) / 1000))}
    </time>
  );
}

function Replica({ replica }: { replica: ReplicaView }) {
  const { name, phase, reason } = replica;
  return (
    <li className="grid gap-x-4 gap-y-2 px-4 py-3 md:grid-cols-[minmax(0,1fr)_auto]">
      <div className="min-w-0 space-y-1.5">
        <h3 className="flex flex-wrap items-center gap-x-3 gap-y-1 font-medium">
          <Link
            from="/fleet"
            to="/fleet"
            search={(old) => ({ ...old, container: name })}
            resetScroll={false}
            className="underline decoration-line-strong underline-offset-2 hover:decoration-ink"
          >
            {name}
          </Link>
          <Badge tone={toneOf(phase)}>{phaseWords(phase)}</Badge>
          <span className="text-xs font-normal tabular-nums text-ink-3">
            <PhaseTime replica={replica} />
          </span>
        </h3>
        <ReplicaFacts replica={replica} />
        <p className="text-[13px] break-words text-ink-3">{reason ?? "No reason was noted."}</p>
        <Trouble replica={replica} />
        <PhaseNote replica={replica} />
        <StartupBar replica={replica} />
      </div>
      <ReplicaActions replica={replica} />
    </li>
  );
}

export function ReplicaList({ replicas }: { replicas: readonly ReplicaView[] }) {
  return (
    <ul className="divide-y divide-line">
      {replicas.map((replica) => (
        <Replica key={`${replica.provider} ${replica.name}`} replica={replica} />
      ))}
    </ul>
  );
}

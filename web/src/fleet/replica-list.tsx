import type { Phase, ReplicaView } from "../api/types.ts";
import type { Tone } from "../lib/event-words.ts";
import { engineShort, phaseWords } from "../lib/words.ts";
import { Badge } from "../ui/badge.tsx";
import { Ago } from "../ui/time.tsx";

const toneOf = (phase: Phase): Tone | "accent" => {
  if (phase === "ready") return "good";
  if (phase === "failed") return "bad";
  if (phase === "draining") return "warn";
  return phase === "stopped" ? "plain" : "accent";
};

function Replica({ replica }: { replica: ReplicaView }) {
  const engine = engineShort(replica.engine);
  return (
    <li className="grid gap-x-4 gap-y-1 px-4 py-3 md:grid-cols-[8rem_9rem_minmax(0,1fr)_auto]">
      <p className="font-medium">
        {replica.name} <span className="text-xs font-normal text-ink-3">{replica.provider}</span>
      </p>
      <p>
        <Badge tone={toneOf(replica.phase)}>{phaseWords(replica.phase)}</Badge>
      </p>
      <p className="min-w-0 break-words text-[13px] text-ink-2">
        {replica.reason ?? "No reason was noted."}
      </p>
      <p className="text-xs text-ink-3 md:text-right">
        {replica.slots > 0 && `${replica.leases} of ${replica.slots} slots · `}
        {engine !== "" && `${engine} · `}since <Ago at={replica.since} />
        {replica.lastHeartbeat !== null && (
          <>
            {" "}
            · heard <Ago at={replica.lastHeartbeat} />
          </>
        )}
      </p>
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

import { LogOut, Square } from "lucide-react";
import { useState } from "react";
import { replicaUrl } from "../api/client.ts";
import type { ReplicaView } from "../api/types.ts";
import { isOver } from "../lib/fleet-words.ts";
import { Button } from "../ui/button.tsx";
import { OrderResult } from "./order-result.tsx";
import { StopDialog } from "./stop-dialog.tsx";
import { useOrder } from "./use-order.ts";

/** Drain and stop. A machine of somebody's own is never stopped from here. */
export function ReplicaActions({ replica }: { replica: ReplicaView }) {
  const { name, phase, isFixed } = replica;
  const [asking, setAsking] = useState(false);
  const order = useOrder(replicaUrl(name));
  if (isOver(phase)) return null;
  return (
    <div>
      <div className="flex flex-wrap gap-2 md:justify-end">
        {phase !== "draining" && (
          <Button
            aria-label={`Drain ${name}`}
            disabled={order.isPending}
            onClick={() => order.mutate("drain")}
          >
            <LogOut aria-hidden="true" className="size-3.5" /> Drain
          </Button>
        )}
        {!isFixed && (
          <Button kind="danger" aria-label={`Stop ${name}`} onClick={() => setAsking(true)}>
            <Square aria-hidden="true" className="size-3.5" /> Stop
          </Button>
        )}
      </div>
      <div className="max-w-80 md:ml-auto md:text-right">
        <OrderResult answer={order.data} error={order.error} />
      </div>
      {asking && <StopDialog replica={replica} onClose={() => setAsking(false)} />}
    </div>
  );
}

import { Pause, Play, Plus } from "lucide-react";
import { useState } from "react";
import { poolUrl } from "../api/client.ts";
import type { PoolView } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { OrderResult } from "./order-result.tsx";
import { PauseDialog } from "./pause-dialog.tsx";
import { useOrder } from "./use-order.ts";

/** One more than the policy wants, no more at all, or as the policy wants again. */
export function PoolActions({ pool: { pool, paused, extra } }: { pool: PoolView }) {
  const order = useOrder(poolUrl(pool));
  const [asking, setAsking] = useState(false);
  const pause = (reason: string | null): void => {
    setAsking(false);
    order.mutate({ kind: "pause", reason });
  };
  const isHeld = paused !== null || extra.some(({ until }) => until === null);
  return (
    <div className="mt-3">
      <div className="flex flex-wrap gap-2">
        {isHeld && (
          <Button
            kind="primary"
            aria-label={`Resume ${pool}`}
            disabled={order.isPending}
            onClick={() => order.mutate("resume")}
          >
            <Play aria-hidden="true" className="size-3.5" /> Resume
          </Button>
        )}
        {paused === null && (
          <>
            <Button
              aria-label={`Pause ${pool}`}
              disabled={order.isPending}
              onClick={() => setAsking(true)}
            >
              <Pause aria-hidden="true" className="size-3.5" /> Pause
            </Button>
            <Button
              aria-label={`Start one more of ${pool}`}
              disabled={order.isPending}
              onClick={() => order.mutate("start")}
            >
              <Plus aria-hidden="true" className="size-3.5" /> Start one more
            </Button>
          </>
        )}
      </div>
      {asking && <PauseDialog pool={pool} onPause={pause} onClose={() => setAsking(false)} />}
      <OrderResult answer={order.data} error={order.error} />
    </div>
  );
}

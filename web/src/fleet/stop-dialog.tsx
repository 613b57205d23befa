import { problemOf, replicaUrl } from "../api/client.ts";
import type { ReplicaView } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { useOrder } from "./use-order.ts";

const workWords = (leases: number): string => {
  if (leases === 0) return "It works on nothing now.";
  const work = leases === 1 ? "1 task goes" : `${leases} tasks go`;
  return `${work} back and will be done elsewhere. Finished slides are kept. To let it finish first, drain it instead.`;
};

export function StopDialog({ replica, onClose }: { replica: ReplicaView; onClose: () => void }) {
  const order = useOrder(replicaUrl(replica.name));
  return (
    <Dialog title={`Stop ${replica.name}?`} onClose={onClose}>
      <p className="text-ink-2">{workWords(replica.leases)}</p>
      {order.isError && (
        <div className="mt-3">
          <ProblemNotice problem={problemOf(order.error)} />
        </div>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Let it run</Button>
        <Button
          kind="danger"
          disabled={order.isPending}
          onClick={() => order.mutate("stop", { onSuccess: onClose })}
        >
          Stop it
        </Button>
      </div>
    </Dialog>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { problemOf, replicaUrl } from "../api/client.ts";
import type { ReplicaView } from "../api/types.ts";
import { taskWords } from "../lib/words.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { newestRunQuery, runQuery } from "./queries.ts";
import { useOrder } from "./use-order.ts";

const workWords = (leases: number): string => {
  if (leases === 0) return "It works on nothing now.";
  const work = leases === 1 ? "1 task goes" : `${leases} tasks go`;
  return `${work} back and will be done elsewhere. Finished slides are kept. To let it finish first, drain it instead.`;
};

/** The tasks that will be queued again. */
function Requeued({ name }: { name: string }) {
  const run = useQuery(newestRunQuery(name)).data ?? null;
  const detail = useQuery({ ...runQuery(run ?? 0), enabled: run !== null }).data;
  const running = detail?.tasks.filter(({ outcome }) => outcome === "running") ?? [];
  if (running.length === 0) return null;
  return (
    <ul className="mt-2 max-h-40 list-disc overflow-auto pl-5 text-[13px] text-ink-2">
      {running.map(({ document, task, from }) => (
        <li key={`${document?.id} ${task} ${from}`}>
          {taskWords(task)} of {document?.name ?? "a document of another workspace"}
        </li>
      ))}
    </ul>
  );
}

/** Stops at once. One that works is stopped only by whoever types its name. */
export function StopDialog({ replica, onClose }: { replica: ReplicaView; onClose: () => void }) {
  const { name, leases } = replica;
  const order = useOrder(replicaUrl(name));
  const [typed, setTyped] = useState("");
  const field = useId();
  // As it was when the question was asked: it must not change under the hand.
  const [isBusy] = useState(leases > 0);
  return (
    <Dialog title={`Stop ${name}?`} onClose={onClose}>
      <p className="text-ink-2">{workWords(leases)}</p>
      {isBusy && (
        <>
          <Requeued name={name} />
          <label htmlFor={field} className="mt-3 block text-[13px] font-medium">
            Type {name} to stop it while it works
          </label>
          <input
            id={field}
            value={typed}
            autoComplete="off"
            onChange={({ target }) => setTyped(target.value)}
            className="mt-1 min-h-8 w-full rounded-md border border-line-strong bg-surface px-2 font-mono"
          />
        </>
      )}
      {order.isError && (
        <div className="mt-3">
          <ProblemNotice problem={problemOf(order.error)} />
        </div>
      )}
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>Let it run</Button>
        <Button
          kind="danger"
          disabled={order.isPending || (isBusy && typed.trim() !== name)}
          onClick={() => order.mutate("stop", { onSuccess: onClose })}
        >
          Stop it
        </Button>
      </div>
    </Dialog>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { postJson } from "../api/client.ts";
import type { OrderAnswer } from "../api/types.ts";

/** How long the answer to an order stays on the page. */
const shownMs = 15_000;

/** An order with what whoever gives it says. */
interface Asked {
  readonly kind: string;
  readonly reason: string | null;
}

/** Gives orders at one address, such as that of a pool; the answer is one sentence. */
export function useOrder(url: string) {
  const client = useQueryClient();
  const order = useMutation({
    mutationFn: (asked: string | Asked) => {
      const { kind, reason } = typeof asked === "string" ? { kind: asked, reason: null } : asked;
      return postJson<OrderAnswer>(`${url}/${kind}`, reason === null ? {} : { reason });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["fleet"] }),
  });
  const { isSuccess, data, reset } = order;
  useEffect(() => {
    if (!isSuccess || data === undefined) return;
    const timer = window.setTimeout(reset, shownMs);
    return () => window.clearTimeout(timer);
  }, [isSuccess, data, reset]);
  return order;
}

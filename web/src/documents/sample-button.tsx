import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { base, postJson, problemOf } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { Button } from "../ui/button.tsx";

export function SampleButton() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const sample = useMutation({
    mutationFn: () => postJson<{ document: DocumentSummary }>(`${base}/documents/sample`),
    onSuccess: async ({ document }) => {
      void client.invalidateQueries({ queryKey: ["documents"] });
      await navigate({ to: "/documents/$id", params: { id: document.id } });
    },
  });
  return (
    <>
      <Button onClick={() => sample.mutate()} disabled={sample.isPending}>
        <Play aria-hidden="true" className="size-4" /> Try the sample deck
      </Button>
      {sample.isError && (
        <span role="alert" className="text-[13px] text-bad">
          {problemOf(sample.error).title} {problemOf(sample.error).next}
        </span>
      )}
    </>
  );
}

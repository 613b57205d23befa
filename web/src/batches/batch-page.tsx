import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import { batchQuery } from "../api/queries.ts";
import { Loaded } from "../document/loaded.tsx";
import { useTitle } from "../ui/use-title.ts";
import { BatchDocuments } from "./batch-documents.tsx";
import { BatchFailures } from "./batch-failures.tsx";
import { BatchHeader } from "./batch-header.tsx";

const route = getRouteApi("/batches/$id");

export function BatchPage() {
  const { id } = route.useParams();
  const { state } = route.useSearch();
  const query = useQuery(batchQuery(id));
  useTitle(query.data?.name ?? "Batch");
  return (
    <div className="space-y-4">
      <Link
        to="/batches"
        className="inline-flex min-h-6 items-center gap-1 text-[13px] text-ink-2 hover:text-ink"
      >
        <ArrowLeft aria-hidden="true" className="size-3.5" /> Batches
      </Link>
      {query.data === undefined && <h1 className="sr-only">Batch</h1>}
      <Loaded query={query}>
        {(batch) => (
          <div className="space-y-4">
            <BatchHeader batch={batch} />
            <BatchFailures failures={batch.failures} />
            <BatchDocuments batch={batch} state={state} />
          </div>
        )}
      </Loaded>
    </div>
  );
}

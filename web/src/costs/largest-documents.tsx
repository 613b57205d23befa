import { Link } from "@tanstack/react-router";
import { Check, TriangleAlert } from "lucide-react";
import type { Costs } from "../../../src/contract/costs.ts";
import { Empty, Panel } from "../ui/panel.tsx";
import { DataTable } from "./table.tsx";
import { microUsdWords } from "./words.ts";

type Line = Costs["documents"]["largest"][number];

function FootRow({
  name,
  microUsd,
  isTotal = false,
}: {
  name: string;
  microUsd: number;
  isTotal?: boolean;
}) {
  return (
    <tr className={isTotal ? "border-t border-line-strong font-semibold" : "text-ink-2"}>
      <th scope="row" colSpan={5} className="px-3 py-1.5 text-left font-[inherit]">
        {name}
      </th>
      <td className="px-3 py-1.5 text-right tabular-nums">{microUsdWords(microUsd)}</td>
    </tr>
  );
}

/** Whether the parts are the whole, as the server has checked it. */
function SumCheck({ sum }: { sum: Costs["sum"] }) {
  const words = `${microUsdWords(sum.documentsMicroUsd)} of documents + ${microUsdWords(sum.unallocatedMicroUsd)} unallocated`;
  return sum.matches ? (
    <p className="flex items-center gap-1.5 text-[13px] text-ink-2">
      <Check aria-hidden="true" className="size-4 shrink-0 text-good" />
      {words} = {microUsdWords(sum.totalMicroUsd)} in all, checked to the millionth of a dollar.
    </p>
  ) : (
    <p role="alert" className="flex items-center gap-1.5 text-[13px] font-medium text-bad">
      <TriangleAlert aria-hidden="true" className="size-4 shrink-0" />
      {words} is not {microUsdWords(sum.totalMicroUsd)}: these figures do not add up. Please report
      it.
    </p>
  );
}

const manyWords = (n: number): string =>
  `${n.toLocaleString("en-US")} ${n === 1 ? "document" : "documents"}`;

/** The dearest documents, and all that is left, so that it adds up. */
export function LargestDocuments({ costs }: { costs: Costs }) {
  const { documents, sum } = costs;
  const { restN, othersN } = documents;
  return (
    <section aria-label="Largest documents">
      <h2 className="mb-2 font-semibold">
        Dearest documents <span className="font-normal text-ink-3">of {documents.n}</span>
      </h2>
      <Panel className="overflow-hidden">
        {documents.n === 0 ? (
          <Empty title="No document was worked on in this time." />
        ) : (
          <DataTable<Line>
            caption="Dearest documents"
            rows={documents.largest}
            keyOf={({ id }) => id}
            columns={[
              {
                name: "Document",
                cell: ({ id, name }) => (
                  <Link to="/documents/$id" params={{ id }} className="text-accent-ink underline">
                    {name}
                  </Link>
                ),
              },
              { name: "Slides", isNumber: true, cell: ({ pages }) => pages ?? "unknown" },
              { name: "Busy", isNumber: true, cell: (one) => microUsdWords(one.busyMicroUsd) },
              { name: "Failed", isNumber: true, cell: (one) => microUsdWords(one.wastedMicroUsd) },
              {
                name: "Its share of starts and idle time",
                isNumber: true,
                cell: (one) => microUsdWords(one.sharedMicroUsd),
              },
              { name: "Total", isNumber: true, cell: (one) => microUsdWords(one.totalMicroUsd) },
            ]}
            foot={
              <>
                {restN > 0 && (
                  <FootRow name={`${manyWords(restN)} more`} microUsd={documents.restMicroUsd} />
                )}
                {othersN > 0 && (
                  <FootRow
                    name={`${manyWords(othersN)} of other workspaces`}
                    microUsd={documents.othersMicroUsd}
                  />
                )}
                <FootRow name="Unallocated: nobody's" microUsd={sum.unallocatedMicroUsd} />
                <FootRow name="Total" microUsd={sum.totalMicroUsd} isTotal />
              </>
            }
          />
        )}
      </Panel>
      <div className="mt-2 space-y-1">
        <SumCheck sum={sum} />
        <p className="text-xs text-ink-3">{documents.rule}</p>
      </div>
    </section>
  );
}

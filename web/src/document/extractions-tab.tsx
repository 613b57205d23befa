import { useQuery } from "@tanstack/react-query";
import { resultsQuery } from "../api/queries.ts";
import type { DocumentSummary } from "../api/types.ts";
import { extractedFields } from "./fields.ts";
import { FieldsTable } from "./fields-table.tsx";
import { Loaded } from "./loaded.tsx";
import { TaskNotice } from "./task-notice.tsx";

export function ExtractionsTab({ document }: { document: DocumentSummary }) {
  const query = useQuery(resultsQuery(document.id));
  return (
    <Loaded query={query}>
      {(all) =>
        all.results.extractions_and_template === undefined ? (
          <TaskNotice document={document} task="extractions_and_template" />
        ) : (
          <>
            <h2 className="sr-only">Extractions</h2>
            <FieldsTable
              document={document}
              fields={extractedFields(all.results.extractions_and_template.extractions)}
              all={all}
              caption="Extractions"
            />
          </>
        )
      }
    </Loaded>
  );
}

import { deleteDocument } from "../db/deletion.ts";
import { AppError } from "../errors/app-error.ts";
import { announce, type ServiceContext } from "./context.ts";
import type { Forgetter } from "./forgetter.ts";

/** Makes the system forget a document. */
export function createDeletions(context: ServiceContext, forgetter: Pick<Forgetter, "tick">) {
  return {
    /** By the id of a document or its pipeline; again is harmless. Throws DOCUMENT_NOT_FOUND. */
    async remove(workspace: string, id: string, by: string) {
      const gone = await deleteDocument(context.sql, workspace, id, by);
      if (gone === undefined) throw new AppError("DOCUMENT_NOT_FOUND", id);
      announce(context);
      // At once where that is possible; whoever leads goes on with what is left.
      await forgetter
        .tick()
        .catch((error) => context.log.warn({ err: error }, "deleted files are removed later"));
      const { document, deletedAt, deletedBy } = gone;
      return { document, deletedAt: deletedAt.toISOString(), by: deletedBy };
    },
  };
}
export type Deletions = ReturnType<typeof createDeletions>;

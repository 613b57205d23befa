import type { Db } from "./connect.ts";
import { millis } from "./millis.ts";

export interface CostedDocument {
  readonly id: number;
  readonly document: string;
  readonly pages: number | null;
  /** `pitch-deck@2` */
  readonly pack: string;
  readonly generation: number;
  /** false: it is being worked on, or waits. */
  readonly isOver: boolean;
  /** In milliseconds; null: it is not over. */
  readonly finishedMs: number | null;
}

/** Those of these documents that the workspace has, by public ids. */
export async function readCostedDocuments(
  db: Db,
  workspace: string,
  ids: readonly string[],
): Promise<CostedDocument[]> {
  return db<CostedDocument[]>`
    select d.id, d.public_id as document, d.pages, k.name || '@' || k.version as pack, p.generation, p.finished_at is not null as "isOver",
      ${millis(db, "p.finished_at")} as "finishedMs"
    from documents d join lateral (select * from pipelines p where p.document_id = d.id order by p.id desc limit 1) p on true join packs k on k.id = p.pack_id
    where d.workspace = ${workspace} and d.deleted_at is null and d.public_id = any (${[...ids]}::text[])`;
}

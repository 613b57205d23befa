import type { Db } from "./connect.ts";

/** Decks of a workspace that are open; `words`: of whose slides no word can be found yet; `company`: whose name is not known yet. */
export async function countUnread(
  db: Db,
  workspace: string,
  of: "words" | "company",
): Promise<number> {
  const known =
    of === "words"
      ? db`select from slide_texts t where t.document_id = p.document_id`
      : db`select from results r where r.pipeline_id = p.id and r.company is not null`;
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from pipelines p where p.workspace = ${workspace} and p.finished_at is null and p.quarantine is null and not exists (${known})`;
  return row?.count ?? 0;
}

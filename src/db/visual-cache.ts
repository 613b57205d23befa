import type { Db } from "./connect.ts";

interface Entry {
  readonly workspace: string;
  readonly sha256: string;
  readonly recipe: string;
}

/** Reading counts as use; that is written down once in a minute at most. */
export async function readCachedSlides(
  db: Db,
  { workspace, sha256, recipe }: Entry,
): Promise<{ slide: number; result: unknown }[]> {
  const rows = await db<{ slide: number; result: unknown }[]>`
    select slide, result from visual_cache where workspace = ${workspace} and sha256 = ${sha256} and recipe = ${recipe} order by slide`;
  if (rows.length > 0) {
    await db`
      update visual_cache_entries set used_at = pl_now()
      where workspace = ${workspace} and sha256 = ${sha256} and recipe = ${recipe} and used_at < pl_now() - interval '1 minute'`;
  }
  return rows.map(({ slide, result }) => ({ slide, result }));
}

export async function writeCachedSlides(
  db: Db,
  { workspace, sha256, recipe }: Entry,
  slides: readonly { slide: number; result: unknown; bytes: number }[],
): Promise<void> {
  await db`
    select cache_slide(${workspace}, ${sha256}, ${recipe}, s.slide, s.result, s.bytes)
    from jsonb_to_recordset(${db.json(slides as never)}) as s(slide int, result jsonb, bytes int)`;
}

/** Of a workspace, or of one document in it; answers how many entries went. */
export async function removeCachedEntries(
  db: Db,
  workspace: string,
  sha256: string | null,
): Promise<number> {
  const gone = await db`
    delete from visual_cache_entries where workspace = ${workspace} and (${sha256}::text is null or sha256 = ${sha256}) returning 1`;
  return gone.length;
}

export async function readCacheUse(
  db: Db,
): Promise<{ workspace: string; entries: number; bytes: number }[]> {
  return db<{ workspace: string; entries: number; bytes: number }[]>`
    select workspace, count(*)::int as entries, sum(bytes)::bigint as bytes from visual_cache_entries group by workspace`;
}

/** At most `limit` of the entries that are too old, or beyond what may be kept if the latest used are kept first. */
export async function evictCachedEntries(
  db: Db,
  limits: { bytesMax: number; workspaceBytesMax: number; ageMsMax: number },
  limit: number,
): Promise<number> {
  const gone = await db`
    delete from visual_cache_entries e using (
      select workspace, sha256, recipe from (
        select workspace, sha256, recipe, used_at, sum(bytes) over (order by used_at desc, workspace, sha256, recipe) as before_all,
          sum(bytes) over (partition by workspace order by used_at desc, sha256, recipe) as before_own
        from visual_cache_entries) u
      where before_all > ${limits.bytesMax} or before_own > ${limits.workspaceBytesMax}
        or used_at < pl_now() - ${limits.ageMsMax}::float8 * interval '1 millisecond'
      order by used_at limit ${limit}) o
    where e.workspace = o.workspace and e.sha256 = o.sha256 and e.recipe = o.recipe returning 1`;
  return gone.length;
}

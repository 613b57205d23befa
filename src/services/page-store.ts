import { isPageKey } from "../blobs/blobs.ts";
import type { ServiceContext } from "./context.ts";

/**
 * Removes the pictures of pages that were written longest ago, until the others fit in `bytesMax`. Whoever wants
 * one that is gone has it drawn again. Returns how many were removed.
 */
export async function trimPages({ blobs, log }: ServiceContext, bytesMax: number): Promise<number> {
  const pages = (await blobs.list()).filter(({ key }) => isPageKey(key));
  let bytes = pages.reduce((sum, page) => sum + page.bytes, 0);
  let removed = 0;
  for (const page of pages.sort((a, b) => a.writtenMs - b.writtenMs)) {
    if (bytes <= bytesMax) break;
    await blobs.remove(page.key);
    bytes -= page.bytes;
    removed += 1;
  }
  if (removed > 0) log.info({ removed, bytes }, "pictures of pages removed");
  return removed;
}

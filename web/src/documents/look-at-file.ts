import type { SameFile } from "../api/types.ts";
import { hexOf } from "../lib/hex.ts";
import { isProtected, lookedThroughBytes, type Refusal, refusalOf } from "../lib/upload-check.ts";
import { planOfBytes } from "./queries.ts";

export interface Look {
  readonly refusal: Refusal | null;
  /** It says that it is encrypted; whether it needs a password, the server will tell. */
  readonly isProtected: boolean;
  /** The same bytes, seen before; null also where that could not be asked. */
  readonly same: SameFile | null;
}

/** How long the server may take to say whether it knows a file: then it is sent all the same. */
const askedMs = 4000;

/** What can be told of a file before a byte of it is sent. Throws when it cannot be read. */
export async function lookAt(file: File): Promise<Look> {
  const head = await file.slice(0, lookedThroughBytes).text();
  const refusal = refusalOf(file, head.slice(0, 1024));
  if (refusal !== null) return { refusal, isProtected: false, same: null };
  const tail = await file.slice(-lookedThroughBytes).text();
  const same = await findSame(file);
  return { refusal, isProtected: isProtected(head) || isProtected(tail), same };
}

/** Whether it can be read still. Chosen files may be moved or changed, and a folder that was dropped never can be. */
export const isReadable = (file: File): Promise<boolean> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

async function findSame(file: File): Promise<SameFile | null> {
  // Only pages of this machine and by HTTPS may hash; elsewhere the server alone knows.
  if (window.crypto.subtle === undefined) return null;
  const digest = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  try {
    return (await planOfBytes(hexOf(new Uint8Array(digest)), AbortSignal.timeout(askedMs))).same;
  } catch {
    // The upload itself will say what is wrong.
    return null;
  }
}

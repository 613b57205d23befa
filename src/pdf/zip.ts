import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";

/** A file in a zip, as its central directory names it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  /** Where its local header begins, and how long its packed bytes are. */
  readonly at: number;
  readonly packedBytes: number;
}

const inflate = promisify(inflateRaw);
const endSignature = 0x06054b50;
const endBytes = 22;
const entrySignature = 0x02014b50;
const entryBytes = 46;
const localSignature = 0x04034b50;
const localBytes = 30;
const commentBytesMax = 0xffff;
const stored = 0;
const deflated = 8;

export const isZip = (data: Buffer): boolean =>
  data.length >= 4 && data.readUInt32LE(0) === localSignature;

/**
 * The entries of a zip (APPNOTE.TXT 4.3). null when it is none, is cut off, or uses what office files do
 * not: several disks, zip64.
 */
export function zipEntries(data: Buffer): readonly ZipEntry[] | null {
  if (!isZip(data)) return null;
  const end = endOf(data);
  if (end < 0) return null;
  const count = data.readUInt16LE(end + 10);
  const entries: ZipEntry[] = [];
  let at = data.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + entryBytes > end || data.readUInt32LE(at) !== entrySignature) return null;
    const nameBytes = data.readUInt16LE(at + 28);
    entries.push({
      name: data.toString("utf8", at + entryBytes, at + entryBytes + nameBytes),
      method: data.readUInt16LE(at + 10),
      at: data.readUInt32LE(at + 42),
      packedBytes: data.readUInt32LE(at + 20),
    });
    at += entryBytes + nameBytes + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
  }
  return entries;
}

/** Where the end record begins: the last one, whose comment reaches to the end of the file. */
function endOf(data: Buffer): number {
  const first = Math.max(0, data.length - endBytes - commentBytesMax);
  for (let at = data.length - endBytes; at >= first; at -= 1) {
    if (data.readUInt32LE(at) === endSignature) return at;
  }
  return -1;
}

/** An entry's bytes. null when it is damaged, packed in an unusual way, or larger than `bytesMax`. */
export async function unpack(
  data: Buffer,
  entry: ZipEntry,
  bytesMax: number,
): Promise<Buffer | null> {
  const { at, packedBytes, method } = entry;
  if (at + localBytes > data.length || data.readUInt32LE(at) !== localSignature) return null;
  const start = at + localBytes + data.readUInt16LE(at + 26) + data.readUInt16LE(at + 28);
  if (start + packedBytes > data.length) return null;
  const packed = data.subarray(start, start + packedBytes);
  if (method === stored) return packedBytes <= bytesMax ? packed : null;
  if (method !== deflated) return null;
  return inflate(packed, { maxOutputLength: Math.max(1, bytesMax) }).catch(() => null);
}

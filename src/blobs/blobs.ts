import type { Readable } from "node:stream";

/** Files by key. Keys begin with the workspace; a key's content never changes. */
export interface Blobs {
  /** Moves a finished temporary file in; it is gone from `path` afterwards. */
  putFile(key: string, path: string): Promise<void>;
  put(key: string, data: Uint8Array): Promise<void>;
  /** Undefined when there is no such key. */
  get(key: string): Promise<Buffer | undefined>;
  open(key: string): Promise<{ stream: Readable; bytes: number } | undefined>;
  has(key: string): Promise<boolean>;
  /** Every blob, in no order; one that goes away meanwhile is left out. */
  list(): Promise<BlobFacts[]>;
  /** Harmless when there is no such key. */
  remove(key: string): Promise<void>;
  /** Every blob whose key begins with this and a slash. */
  removeBelow(key: string): Promise<void>;
}

export interface BlobFacts {
  readonly key: string;
  readonly bytes: number;
  /** Since the epoch. */
  readonly writtenMs: number;
}

export const documentKey = (workspace: string, sha256: string): string =>
  `${workspace}/documents/${sha256}.pdf`;

/** Below it lie the pictures of a document's pages. */
export const pagesKey = (workspace: string, sha256: string): string =>
  `${workspace}/pages/${sha256}`;

export const pageKey = (workspace: string, sha256: string, page: number, width: number): string =>
  `${pagesKey(workspace, sha256)}/${page}-${width}.jpg`;

const ownerForm = /^([^/]+)\/(?:documents\/([0-9a-f]{64})\.pdf|pages\/([0-9a-f]{64})\/.+)$/;

/** The document that a blob belongs to; undefined: it is no file or picture of one. */
export function documentOfKey(key: string): { workspace: string; sha256: string } | undefined {
  const [, workspace, file, pages] = ownerForm.exec(key) ?? [];
  const sha256 = file ?? pages;
  return workspace === undefined || sha256 === undefined ? undefined : { workspace, sha256 };
}

export const isPageKey = (key: string): boolean => key.split("/")[1] === "pages";

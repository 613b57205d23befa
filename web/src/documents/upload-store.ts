import { useSyncExternalStore } from "react";
import { problemOf } from "../api/client.ts";
import type { DocumentSummary } from "../api/types.ts";
import { createBatch, uploadFile } from "../api/upload.ts";
import { type Refusal, refusalOf } from "../lib/upload-check.ts";

/** One file on its way. It lives outside the pages, so that leaving one does not end an upload. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  readonly state: "waiting" | "sending" | "checking" | "accepted" | "refused";
  /** 0..1 of the bytes sent. */
  readonly sent: number;
  readonly document: DocumentSummary | null;
  readonly refusal: (Refusal & { readonly retryable?: boolean }) | null;
}

const atOnce = 2;

let uploads: readonly Upload[] = [];
let nextId = 1;
const files = new Map<number, File>();
/** Files that were chosen together join one batch, which is made when the first of them is sent. */
const groups = new Map<number, () => Promise<string>>();
const aborts = new Map<number, () => void>();
const listeners = new Set<() => void>();

function set(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}

const change = (id: number, part: Partial<Upload>): void =>
  set(uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));

async function send(id: number, file: File): Promise<void> {
  const head = await file.slice(0, 1024).text();
  const refusal = refusalOf(file, head);
  if (refusal !== null) return change(id, { state: "refused", refusal });
  const batch = (await groups.get(id)?.()) ?? null;
  const { answer, abort } = uploadFile(file, batch, (sent) =>
    change(id, sent < 1 ? { sent } : { sent, state: "checking" }),
  );
  aborts.set(id, abort);
  const result = await answer;
  if (result.ok) {
    files.delete(id);
    groups.delete(id);
    change(id, { state: "accepted", sent: 1, document: result.document });
  } else {
    change(id, { state: "refused", refusal: result.problem as Refusal });
  }
}

/** Starts what waits, up to `atOnce`; each end starts the next. */
function pump(): void {
  const busy = uploads.filter(({ state }) => state === "sending" || state === "checking").length;
  for (const upload of uploads.filter(({ state }) => state === "waiting").slice(0, atOnce - busy)) {
    const file = files.get(upload.id);
    if (file === undefined) continue;
    change(upload.id, { state: "sending", sent: 0, refusal: null });
    void send(upload.id, file)
      .catch((error: unknown) =>
        // A file that was moved or deleted since it was chosen cannot be read.
        change(upload.id, { state: "refused", refusal: problemOf(error) as Refusal }),
      )
      .finally(() => {
        aborts.delete(upload.id);
        pump();
      });
  }
}

/** The limit of a batch. */
const groupMax = 1000;

/** Asked for by all of a group, made once; a failure is forgotten, so that trying again can help. */
function batchOf(size: number): () => Promise<string> {
  let made: Promise<string> | null = null;
  return () => {
    made ??= createBatch(`${size} files`).catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

function group(ids: readonly number[]): void {
  if (ids.length < 2) return;
  const own = ids.slice(0, groupMax);
  const batch = batchOf(own.length);
  for (const id of own) groups.set(id, batch);
  group(ids.slice(groupMax));
}

export function addUploads(chosen: readonly File[]): void {
  const added = chosen.map((file): Upload => {
    const id = nextId++;
    files.set(id, file);
    return {
      id,
      name: file.name,
      bytes: file.size,
      state: "waiting",
      sent: 0,
      document: null,
      refusal: null,
    };
  });
  group(added.map(({ id }) => id));
  set([...uploads, ...added]);
  pump();
}

export function retryUpload(id: number): void {
  change(id, { state: "waiting" });
  pump();
}

/** Takes the row away, and ends the upload if it is under way. */
export function dropUpload(id: number): void {
  aborts.get(id)?.();
  files.delete(id);
  groups.delete(id);
  set(uploads.filter((upload) => upload.id !== id));
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useUploads = (): readonly Upload[] => useSyncExternalStore(subscribe, () => uploads);

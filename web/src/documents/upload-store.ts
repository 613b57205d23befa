import { useSyncExternalStore } from "react";
import { problemOf } from "../api/client.ts";
import type { DocumentPlan, DocumentSummary, SameFile } from "../api/types.ts";
import { createBatch, uploadFile } from "../api/upload.ts";
import { serverNowMs } from "../lib/now.ts";
import type { Refusal } from "../lib/upload-check.ts";
import { lookAt } from "./look-at-file.ts";

/** One file on its way. It lives outside the pages, so that leaving one does not end an upload. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  /** `looking`: at the file, here; `known`: seen before, and somebody must say what is wanted. */
  readonly state: "waiting" | "looking" | "known" | "sending" | "checking" | "accepted" | "refused";
  /** 0..1 of the bytes sent. */
  readonly sent: number;
  readonly document: DocumentSummary | null;
  /** As told with the acceptance. */
  readonly plan: DocumentPlan | null;
  readonly acceptedAtMs: number;
  /** It says that it is encrypted. */
  readonly isProtected: boolean;
  readonly same: SameFile | null;
  readonly refusal: (Refusal & { readonly retryable?: boolean }) | null;
}

const atOnce = 2;

let uploads: readonly Upload[] = [];
let nextId = 1;
const files = new Map<number, File>();
/** Files that were chosen together join one batch, which is made when the first of them is sent. */
const groups = new Map<number, () => Promise<string>>();
const aborts = new Map<number, () => void>();
/** Files that were looked at: they go up without being asked about again. */
const cleared = new Set<number>();
/** Never shown again, and gone once the file is accepted. */
const passwords = new Map<number, string>();
const listeners = new Set<() => void>();

function set(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}

const change = (id: number, part: Partial<Upload>): void =>
  set(uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));

/** Looks at a file before it is sent; answers whether it may go up now. */
async function look(id: number, file: File): Promise<boolean> {
  change(id, { state: "looking" });
  const { refusal, isProtected, same } = await lookAt(file);
  if (refusal !== null) change(id, { state: "refused", refusal });
  else change(id, { isProtected, same, ...(same === null ? {} : { state: "known" }) });
  if (refusal !== null || same !== null) return false;
  cleared.add(id);
  return true;
}

async function send(id: number, file: File): Promise<void> {
  if (!cleared.has(id) && !(await look(id, file))) return;
  if (!files.has(id)) return;
  change(id, { state: "sending", sent: 0 });
  const batch = (await groups.get(id)?.()) ?? null;
  const password = passwords.get(id) ?? null;
  const { answer, abort } = uploadFile(file, { batch, password }, (sent) =>
    change(id, sent < 1 ? { sent } : { sent, state: "checking" }),
  );
  aborts.set(id, abort);
  const result = await answer;
  if (result.ok) {
    forget(id);
    const { document, plan } = result;
    change(id, { state: "accepted", sent: 1, document, plan, acceptedAtMs: serverNowMs() });
  } else {
    change(id, { state: "refused", refusal: result.problem as Refusal });
  }
}

function forget(id: number): void {
  for (const known of [files, groups, passwords, cleared]) known.delete(id);
}

const busyStates: readonly Upload["state"][] = ["looking", "sending", "checking"];

/** Starts what waits, up to `atOnce`; each end starts the next. */
function pump(): void {
  const busy = uploads.filter(({ state }) => busyStates.includes(state)).length;
  for (const upload of uploads.filter(({ state }) => state === "waiting").slice(0, atOnce - busy)) {
    const file = files.get(upload.id);
    if (file === undefined) continue;
    change(upload.id, { state: "looking", sent: 0, refusal: null });
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
      plan: null,
      acceptedAtMs: 0,
      isProtected: false,
      same: null,
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

/** Again with the password that opens it. */
export function unlockUpload(id: number, password: string): void {
  passwords.set(id, password);
  retryUpload(id);
}

/** Its bytes are known, and it is to be worked on all the same. */
export function runAgain(id: number): void {
  cleared.add(id);
  retryUpload(id);
}

/** Takes the row away, and ends the upload if it is under way. */
export function dropUpload(id: number): void {
  aborts.get(id)?.();
  forget(id);
  set(uploads.filter((upload) => upload.id !== id));
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useUploads = (): readonly Upload[] => useSyncExternalStore(subscribe, () => uploads);

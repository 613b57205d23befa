import { problemOf } from "../api/client.ts";
import type { DocumentPlan, DocumentSummary, SameFile } from "../api/types.ts";
import { type createBatch, submissionKey, type uploadFile } from "../api/upload.ts";
import { serverNowMs } from "../lib/now.ts";
import type { Refusal } from "../lib/upload-check.ts";
import type { isReadable, lookAt } from "./look-at-file.ts";

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

/** What reads files, and what sends them. */
export interface UploadPorts {
  readonly look: typeof lookAt;
  readonly isReadable: typeof isReadable;
  readonly send: typeof uploadFile;
  readonly createBatch: typeof createBatch;
}

/** What is kept of a file until it is accepted or its row is taken away. Nothing of it is shown. */
interface Kept {
  readonly file: File;
  readonly key: string;
  /** Files that were chosen together join one batch, which is made when the first of them is sent. */
  readonly batch: (() => Promise<string>) | null;
  /** It was looked at: it goes up without being asked about again. */
  isCleared: boolean;
  password: string | null;
  abort: (() => void) | null;
}

const unreadable: NonNullable<Upload["refusal"]> = {
  code: "FILE_UNREADABLE",
  title: "The file can no longer be read here.",
  next: "Choose it again; a folder's files one by one.",
  retryable: false,
};

const newUpload = (id: number, { name, size }: File): Upload => ({
  ...{ id, name, bytes: size },
  state: "waiting",
  ...{ sent: 0, document: null, plan: null, acceptedAtMs: 0 },
  ...{ isProtected: false, same: null, refusal: null },
});

/** The rows as they are shown, and what is kept of those that are not accepted yet. */
function createRows() {
  let uploads: readonly Upload[] = [];
  const kept = new Map<number, Kept>();
  const listeners = new Set<() => void>();
  const set = (next: readonly Upload[]): void => {
    uploads = next;
    for (const listener of listeners) listener();
  };
  return {
    kept,
    set,
    all: (): readonly Upload[] => uploads,
    change: (id: number, part: Partial<Upload>): void =>
      set(uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload))),
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
type Rows = ReturnType<typeof createRows>;

/** Looks at a file before it is sent; answers whether it may go up now. */
async function isFine(rows: Rows, ports: UploadPorts, id: number, own: Kept): Promise<boolean> {
  if (own.isCleared) return true;
  rows.change(id, { state: "looking" });
  // Whatever else it asks about the file, only reading can fail.
  const look = await ports.look(own.file).catch(() => null);
  const refusal = look === null ? unreadable : look.refusal;
  if (look === null || refusal !== null) {
    rows.change(id, { state: "refused", refusal });
    return false;
  }
  const { isProtected, same } = look;
  rows.change(id, { isProtected, same, ...(same === null ? {} : { state: "known" }) });
  own.isCleared = same === null;
  return own.isCleared;
}

async function sendOne(rows: Rows, ports: UploadPorts, id: number, own: Kept): Promise<void> {
  const isDropped = (): boolean => rows.kept.get(id) !== own;
  if (!(await isFine(rows, ports, id, own)) || isDropped()) return;
  rows.change(id, { state: "sending", sent: 0 });
  const batch = (await own.batch?.()) ?? null;
  if (isDropped()) return;
  const { answer, abort } = ports.send(
    own.file,
    { key: own.key, batch, password: own.password },
    (sent) => rows.change(id, sent < 1 ? { sent } : { sent, state: "checking" }),
  );
  own.abort = abort;
  const result = await answer;
  own.abort = null;
  if (result.ok) {
    rows.kept.delete(id);
    const { document, plan } = result;
    rows.change(id, { state: "accepted", sent: 1, document, plan, acceptedAtMs: serverNowMs() });
    return;
  }
  const { problem } = result;
  // A browser tells a file that it cannot read as a connection that broke.
  const isFile = problem.code === "SERVER_UNREACHABLE" && !(await ports.isReadable(own.file));
  rows.change(id, { state: "refused", refusal: isFile ? unreadable : (problem as Refusal) });
}

const atOnce = 2;
const busyStates: readonly Upload["state"][] = ["looking", "sending", "checking"];

/** The limit of a batch. */
const groupMax = 1000;

/** Asked for by all of a group, made once; a failure is forgotten, so that trying again can help. */
function batchOf(ports: UploadPorts, size: number): () => Promise<string> {
  const key = submissionKey();
  let made: Promise<string> | null = null;
  return () => {
    made ??= ports.createBatch(`${size} files`, key).catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

/** For each of so many files the batch it joins; a single one joins none. */
function batchesOf(ports: UploadPorts, count: number): (Kept["batch"] | undefined)[] {
  if (count < 2) return [];
  const size = Math.min(count, groupMax);
  const batch = batchOf(ports, size);
  return [...Array.from({ length: size }, () => batch), ...batchesOf(ports, count - size)];
}

/** Files on their way, two at a time. */
export function createUploadQueue(ports: UploadPorts) {
  const rows = createRows();
  let nextId = 1;
  /** Starts what waits, up to `atOnce`; each end starts the next. */
  const pump = (): void => {
    const busy = rows.all().filter(({ state }) => busyStates.includes(state)).length;
    const waiting = rows.all().filter(({ state }) => state === "waiting");
    for (const { id } of waiting.slice(0, Math.max(0, atOnce - busy))) {
      const own = rows.kept.get(id);
      if (own === undefined) continue;
      rows.change(id, { state: "looking", sent: 0, refusal: null });
      void sendOne(rows, ports, id, own)
        .catch((error: unknown) =>
          rows.change(id, { state: "refused", refusal: problemOf(error) as Refusal }),
        )
        .finally(pump);
    }
  };
  const again = (id: number, part: Partial<Pick<Kept, "password" | "isCleared">> = {}): void => {
    const own = rows.kept.get(id);
    if (own !== undefined) Object.assign(own, part);
    rows.change(id, { state: "waiting" });
    pump();
  };
  const drop = (id: number): void => {
    const own = rows.kept.get(id);
    rows.kept.delete(id);
    rows.set(rows.all().filter((upload) => upload.id !== id));
    own?.abort?.();
  };
  return {
    all: rows.all,
    subscribe: rows.subscribe,
    add(chosen: readonly File[]): void {
      const batches = batchesOf(ports, chosen.length);
      const added = chosen.map((file, at) => {
        const upload = newUpload(nextId++, file);
        const batch = batches[at] ?? null;
        const own = { file, key: submissionKey(), batch, isCleared: false };
        rows.kept.set(upload.id, { ...own, password: null, abort: null });
        return upload;
      });
      rows.set([...rows.all(), ...added]);
      pump();
    },
    retry: (id: number): void => again(id),
    /** Again with the password that opens it; it is never shown again. */
    unlock: (id: number, password: string): void => again(id, { password }),
    /** Its bytes are known, and it is to be worked on all the same. */
    runAgain: (id: number): void => again(id, { isCleared: true }),
    /** Takes the row away, and ends the upload if it is under way. */
    drop,
    dropAll: (): void => rows.all().forEach(({ id }) => void drop(id)),
  };
}

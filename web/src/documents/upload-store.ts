import { useSyncExternalStore } from "react";
import { createBatch, uploadFile } from "../api/upload.ts";
import { onMoved } from "../session/session-store.ts";
import { isReadable, lookAt } from "./look-at-file.ts";
import { createUploadQueue, type Upload } from "./upload-queue.ts";

/** The one of this page load: leaving a page does not end an upload. */
const queue = createUploadQueue({ look: lookAt, isReadable, send: uploadFile, createBatch });

// What was chosen for one workspace does not go up to another, and is not seen there.
onMoved(queue.dropAll);

export const addUploads = queue.add;
export const retryUpload = queue.retry;
export const unlockUpload = queue.unlock;
export const runAgain = queue.runAgain;
export const dropUpload = queue.drop;

export const useUploads = (): readonly Upload[] => useSyncExternalStore(queue.subscribe, queue.all);

import { useSyncExternalStore } from "react";
import { createBatch, uploadFile } from "../api/upload.ts";
import { isReadable, lookAt } from "./look-at-file.ts";
import { createUploadQueue, type Upload } from "./upload-queue.ts";

/** The one of this page load: leaving a page does not end an upload. */
const queue = createUploadQueue({ look: lookAt, isReadable, send: uploadFile, createBatch });

export const addUploads = queue.add;
export const retryUpload = queue.retry;
export const unlockUpload = queue.unlock;
export const runAgain = queue.runAgain;
export const dropUpload = queue.drop;

export const useUploads = (): readonly Upload[] => useSyncExternalStore(queue.subscribe, queue.all);

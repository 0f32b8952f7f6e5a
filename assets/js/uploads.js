/** Pictures on their way to the server: refused early where hopeless, progress, one sentence per failure. */

import { call, setLocal, state, toast } from "./core.js";

const AT_ONCE = 3;
const IMAGE_TYPES = "image/png,image/jpeg,image/webp,image/heic,image/heif,image/gif,image/bmp,image/tiff,image/avif";

/** What file pickers offer; the server looks at the bytes, not at the name. */
export const ACCEPT = `${IMAGE_TYPES},.heic,.heif,.avif,.tif,.tiff`;

/** An upload that failed; `message` is the sentence to show. */
export class UploadRefused extends Error {}

/** @type {Array<() => void>} */
const queue = [];
let running = 0;

function next() {
  if (running >= AT_ONCE || queue.length === 0) return;
  running += 1;
  queue.shift()();
}

/** @param {number} sizeBytes */
export function sizeText(sizeBytes) {
  if (sizeBytes < 1e6) return `${Math.max(1, Math.round(sizeBytes / 1e3))} kB`;
  return `${(sizeBytes / 1e6).toFixed(sizeBytes < 1e7 ? 1 : 0)} MB`;
}

/** @param {File} file @returns {string | null} why it is not worth sending */
function refusal(file) {
  const most = state.boot?.max_upload_bytes ?? Infinity;
  if (file.size > most)
    return `${file.name} has ${sizeText(file.size)}; ${sizeText(most)} is the most for one picture.`;
  if (file.size === 0) return `${file.name} is empty.`;
  return null;
}

function named(file, sentence) {
  return sentence.includes(file.name) ? sentence : `${file.name}: ${sentence}`;
}

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null; // not from the studio: a proxy's page, or nothing at all
  }
}

function post(file, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (sentence) => reject(new UploadRefused(named(file, sentence)));
    request.open("POST", "/uploads");
    request.setRequestHeader("X-Retake-Token", state.boot.token);
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => {
      const answer = answerOf(request);
      if (request.status === 200 && answer?.sha256) resolve(answer);
      else fail(answer?.problem ?? "the studio did not answer as expected. Try again.");
    };
    request.onerror = () => fail("the upload was cut off. Check that the studio is running, then try again.");
    request.onabort = () => fail("the upload was stopped.");
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/**
 * Sends one picture as it is; at most three travel at once, in the order they were given.
 * @param {File} file
 * @param {{onProgress?: (share: number) => void, signal?: AbortSignal}} [options] `share` runs from 0 to 1
 * @returns {Promise<any>} {sha256, name, width_px, height_px, mime_type, size_bytes, notes}
 * @throws {UploadRefused}
 */
export async function upload(file, { onProgress, signal } = {}) {
  const why = refusal(file);
  if (why) throw new UploadRefused(why);
  await new Promise((start) => {
    queue.push(start);
    next();
  });
  try {
    if (signal?.aborted) throw new UploadRefused(named(file, "the upload was stopped."));
    return await post(file, { onProgress, signal });
  } finally {
    running -= 1;
    next();
  }
}

/**
 * Begins from an own picture: it becomes version 0. `state.local.beginning` says how far it is; failures are toasts.
 * @param {File} file
 * @returns {Promise<boolean>} whether it began
 */
export async function uploadAndBegin(file) {
  const conversation = state.view?.conversation_id;
  const onProgress = (share) => setLocal({ beginning: { name: file.name, share } });
  onProgress(0);
  try {
    const { sha256, name, notes } = await upload(file, { onProgress });
    const reply = await call("begin_from", { conversation_id: conversation, sha256, name });
    if (reply.ok) for (const note of notes ?? []) toast({ sentence: named(file, state.boot.intake_notes[note]) });
    return reply.ok;
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error;
    toast({ sentence: error.message, tone: "bad" });
    return false;
  } finally {
    setLocal({ beginning: null });
  }
}

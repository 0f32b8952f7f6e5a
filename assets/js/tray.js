/** What can be done with references, whatever panel asks for it: add, use again, reorder, name. */

import { registerCommand, setLocal, state, toast } from "./core.js";
import { addReference, draft, patchReference, removeReference, setReferences } from "./draft.js";
import { upload, UploadRefused } from "./uploads.js";

/** @type {Map<string, AbortController>} by the reference's key */
const uploads = new Map();

/** References that take a place: all but those that failed. */
export function countedReferences() {
  return (draft()?.references ?? []).filter((reference) => !reference.problem);
}

function roomLeft() {
  return state.boot.max_references - countedReferences().length;
}

function sayFull(names) {
  const most = state.boot.max_references;
  const which = names.length === 1 ? names[0] : `${names.length} pictures`;
  toast({
    sentence: `A prompt takes ${most} references at most, so ${which} was left out. Remove one to add another.`,
    tone: "warn",
  });
}

/** Whether the tray may only be looked at, which is said then. */
function onlyShown() {
  const sentence = "Another Retake has this data folder open, so nothing can be added here.";
  if (state.view.read_only) toast({ sentence, tone: "warn" });
  return state.view.read_only;
}

/** Adds pictures in the order given, whenever each upload ends. @param {File[]} files */
export function addFiles(files) {
  if (!state.view || files.length === 0 || onlyShown()) return;
  const room = Math.max(0, roomLeft());
  files.slice(0, room).forEach(addFile);
  const left = files.slice(room);
  if (left.length > 0) sayFull(left.map((file) => file.name));
}

async function addFile(file) {
  const conversation = state.view.conversation_id;
  const key = addReference({ sha256: null, name: file.name, role: "other", pinned: false, upload: { share: 0 } });
  const controller = new AbortController();
  uploads.set(key, controller);
  const still = () =>
    state.view.conversation_id === conversation && draft().references.some((each) => each.key === key);
  try {
    const onProgress = (share) => still() && patchReference(key, { upload: { share } });
    const { sha256, name, notes, ...facts } = await upload(file, { onProgress, signal: controller.signal });
    if (!still()) return;
    patchReference(key, { ...facts, sha256, name, notes: notes ?? [], upload: null, duplicate: undefined });
    announce(`${name} is in.`);
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error;
    if (!still()) return;
    patchReference(key, { upload: null, problem: error.message });
    toast({ sentence: error.message, tone: "bad" });
  } finally {
    uploads.delete(key);
  }
}

/**
 * Adds a picture that is stored already.
 * @param {any} picture ReferenceView, its role optional
 * @returns {boolean} whether it was added
 */
export function addStored({ sha256, name, role = "other", width_px, height_px, mime_type, size_bytes }) {
  if (onlyShown()) return false;
  const present = countedReferences().findIndex((reference) => reference.sha256 === sha256);
  if (present >= 0) {
    toast({ sentence: `${name} is already in the tray, as image ${present + 1}.` });
    return false;
  }
  if (roomLeft() < 1) {
    sayFull([name]);
    return false;
  }
  addReference({ sha256, name, role, pinned: false, width_px, height_px, mime_type, size_bytes, notes: [] });
  return true;
}

/**
 * Puts a version into the tray.
 * @param {any} version VersionView
 * @returns {boolean} whether it was added
 */
export function addVersionAsReference(version) {
  const name = version.label || `version ${version.number}`;
  const added = addStored({ ...version, name });
  if (added) toast({ sentence: `${name} is image ${countedReferences().length} of the next request.` });
  return added;
}

/** @param {string} key */
export function drop(key) {
  uploads.get(key)?.abort();
  removeReference(key);
}

export function dropAll() {
  const removed = draft().references.filter((reference) => reference.sha256);
  for (const controller of uploads.values()) controller.abort();
  setReferences([]);
  setLocal({ slot: null, removedReferences: removed });
  const undo = removed.length > 0 ? { command: "restore_references", label: "Undo", argument: null } : null;
  toast({ sentence: "All references were removed.", undo });
}

/** Takes the last "Remove all" back, before what was added since. */
function restoreAll() {
  const { removedReferences: removed = [] } = state.local;
  const room = Math.max(0, roomLeft());
  setReferences([...removed.slice(0, room), ...draft().references]);
  setLocal({ removedReferences: [] });
}

/** @param {string[]} order keys; what it does not name keeps its place at the end */
export function reorder(order) {
  const place = new Map(order.map((key, index) => [key, index]));
  const at = (reference) => place.get(reference.key) ?? order.length;
  setReferences([...draft().references].sort((a, b) => at(a) - at(b)));
}

/**
 * Moves one reference and says where it went.
 * @param {string} key
 * @param {(index: number, last: number) => number} target
 */
export function move(key, target) {
  const order = draft().references.map((reference) => reference.key);
  const from = order.indexOf(key);
  const to = Math.min(Math.max(target(from, order.length - 1), 0), order.length - 1);
  if (from < 0 || from === to) return;
  order.splice(to, 0, order.splice(from, 1)[0]);
  reorder(order);
  const { name } = draft().references[to];
  announce(`${name} is image ${to + 1} of ${order.length}.`);
}

/** The studio drops quotes and breaks from names too (studio/prompt.py, `clean_name`). */
export function rename(key, name) {
  const line = name.replaceAll('"', "").split(/\s+/).filter(Boolean).join(" ").slice(0, 80);
  if (line) patchReference(key, { name: line });
}

/** @param {string} sentence for screen readers */
export function announce(sentence) {
  setLocal({ trayNews: sentence });
}

registerCommand("restore_references", restoreAll);

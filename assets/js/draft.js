/**
 * The prompt being written. The browser owns it while it is open: every edit shows at once, is saved to the server a
 * moment later, and is mirrored in this browser until the server has it. `state.local.draft` is
 * `{text, structured, settings, references}`; a reference still on its way up has `upload`, one that failed `problem`.
 * Never change a draft in place: use the functions here.
 */

import { call, setLocal, state, subscribe, toast } from "./core.js";
import { modelOf, settingsFor } from "./models.js";

const SAVE_AFTER_MS = 120;
const RETRY_AFTER_MS = 4000;
const MIRROR = "retake.draft.";

/**
 * What is known of the server's copy: `base` is what it last acknowledged or sent, so draft ≠ base is unsaved work.
 * `busy` counts calls under way, `last` is the newest of them.
 */
const memory = {
  conversation: null,
  boot: null,
  rev: -1,
  base: null,
  timer: 0,
  busy: 0,
  last: Promise.resolve(),
  warned: false,
};
let keys = 0;

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/* ---- reading ------------------------------------------------------------------------------------------------ */

/** @returns {any} the draft, after taking over what a newer view brought */
export function draft() {
  adopt();
  return state.local.draft;
}

/** @returns {any[]} the references that are in, in their order; number = index + 1 */
export function readyReferences() {
  return (draft()?.references ?? []).filter((reference) => reference.sha256);
}

/** @returns {any} ModelOption of the draft */
export function draftModel() {
  return modelOf(draft().settings.model);
}

/** @param {any} value a draft @returns {any} as the server takes it */
function payloadOf({ text, structured, settings, references }) {
  const sent = references.filter((reference) => reference.sha256);
  return {
    text,
    structured,
    settings,
    references: sent.map(({ sha256, name, role, pinned }) => ({ sha256, name, role, pinned })),
  };
}

/* ---- taking over the server's copy -------------------------------------------------------------------------- */

function adopt() {
  const { view, local } = state;
  if (!view) return;
  const switched = memory.conversation !== view.conversation_id;
  if (!switched && memory.boot === state.boot && view.draft.rev <= memory.rev) return;
  const kept = switched ? leaveAndFind(view.conversation_id) : { draft: local.draft, base: memory.base };
  const { text, structured, settings, references } = view.draft;
  const incoming = { text, structured, settings, references: keyedAlike(references, kept?.draft.references ?? []) };
  const base = payloadOf(incoming);
  Object.assign(memory, { conversation: view.conversation_id, boot: state.boot, rev: view.draft.rev, base });
  setLocal({ draft: kept ? merged(incoming, kept) : incoming });
  if (unsaved()) schedule();
}

/** Unsaved work of the conversation being left stays in the mirror; what the mirror has of the next one comes back. */
function leaveAndFind(conversation) {
  mirror();
  clearTimeout(memory.timer);
  try {
    const text = localStorage.getItem(MIRROR + conversation);
    const found = text ? JSON.parse(text) : null;
    if (!found?.draft || !found.base) return null;
    return { draft: { ...found.draft, references: found.draft.references.map(withKey) }, base: found.base };
  } catch {
    return null; // storage switched off, or a mirror that cannot be read: the server's copy stands
  }
}

/** Three ways: what was edited here since `base` stays, everything else is the server's. */
function merged(incoming, { draft: local, base }) {
  const edited = payloadOf(local);
  const pick = (name) => (same(edited[name], base[name]) ? incoming[name] : local[name]);
  return {
    text: pick("text"),
    structured: pick("structured"),
    settings: pick("settings"),
    references: mergedReferences(incoming.references, local.references, { edited, base }),
  };
}

function mergedReferences(incoming, local, { edited, base }) {
  const underWay = local.filter((reference) => !reference.sha256);
  if (same(edited.references, base.references)) {
    return underWay.length === 0 ? incoming : [...incoming, ...underWay];
  }
  if (same(payloadOf({ references: incoming }).references, base.references)) return local;
  const known = new Set([...base.references, ...incoming].map((reference) => reference.sha256));
  return [...incoming, ...local.filter((reference) => !reference.sha256 || !known.has(reference.sha256))];
}

function withKey(reference) {
  return { ...reference, key: `r${++keys}` };
}

/** A picture that stays keeps its key, so that its slot is not rebuilt. */
function keyedAlike(references, before) {
  const free = [...before];
  return references.map((reference) => {
    const index = free.findIndex((old) => old.sha256 === reference.sha256);
    return index < 0 ? withKey(reference) : { ...reference, key: free.splice(index, 1)[0].key };
  });
}

/* ---- editing ------------------------------------------------------------------------------------------------ */

/** @param {Record<string, any>} patch */
export function patchDraft(patch) {
  const current = draft();
  if (!current) return;
  setLocal({ draft: { ...current, ...patch }, refusal: null });
  schedule();
}

/** @param {Record<string, any>} patch */
export function patchSettings(patch) {
  patchDraft({ settings: { ...draft().settings, ...patch } });
}

/** @param {string} id */
export function chooseModel(id) {
  patchDraft({ settings: settingsFor(modelOf(id), draft().settings) });
}

/** @param {any[]} references */
export function setReferences(references) {
  patchDraft({ references });
}

/** @param {any} reference without a key @returns {string} its key */
export function addReference(reference) {
  const added = withKey(reference);
  setReferences([...draft().references, added]);
  return added.key;
}

/** @param {string} key @param {Record<string, any>} patch */
export function patchReference(key, patch) {
  setReferences(draft().references.map((each) => (each.key === key ? { ...each, ...patch } : each)));
}

/** @param {string} key */
export function removeReference(key) {
  setReferences(draft().references.filter((each) => each.key !== key));
}

/* ---- saving ------------------------------------------------------------------------------------------------- */

function schedule(afterMs = SAVE_AFTER_MS) {
  clearTimeout(memory.timer);
  memory.timer = setTimeout(save, afterMs);
}

async function save() {
  if (!state.local.draft || memory.busy || state.view?.read_only) return;
  mirror();
  if (!unsaved()) return;
  const payload = payloadOf(state.local.draft);
  const { rev, base } = memory;
  const reply = await alone(() => call("save_draft", { draft: payload, rev }, { quiet: true }));
  sayOnce(reply);
  adopt();
  if (reply.ok && memory.base === base) memory.base = payload;
  mirror();
  if (unsaved()) schedule(reply.ok ? SAVE_AFTER_MS : RETRY_AFTER_MS);
}

function unsaved() {
  return !same(payloadOf(state.local.draft), memory.base);
}

/** A draft that cannot be saved is said once, not at every keystroke. */
function sayOnce({ ok, problem }) {
  if (!ok && !memory.warned) toast({ sentence: problem, tone: "bad" });
  memory.warned = !ok;
}

/**
 * One save or send at a time, in order: a save that overtakes a send would bring the sent text back, or lose the next.
 * @template T
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
async function alone(run) {
  memory.busy += 1;
  const mine = memory.last.then(run, run);
  memory.last = mine;
  try {
    return await mine;
  } finally {
    memory.busy -= 1;
  }
}

/** Unsaved work is written to this browser; saved work needs no copy. */
function mirror() {
  const { draft: current } = state.local;
  if (!current || !memory.conversation) return;
  const payload = payloadOf(current);
  try {
    if (same(payload, memory.base)) localStorage.removeItem(MIRROR + memory.conversation);
    else {
      const copy = { ...current, references: current.references.filter((reference) => reference.sha256) };
      localStorage.setItem(MIRROR + memory.conversation, JSON.stringify({ draft: copy, base: memory.base }));
    }
  } catch {
    // Storage is off or full: the draft is still in the page and on its way to the server.
  }
}

/** Sends the draft; what is typed while the answer is on its way is kept. @returns {Promise<any>} Reply */
export async function sendDraft() {
  clearTimeout(memory.timer);
  const payload = payloadOf(draft());
  const { base } = memory;
  // The server clears its copy when it takes the turn; only what differs from the sent draft is newer than that.
  memory.base = payload;
  const reply = await alone(() => call("send", { draft: payload }, { quiet: true }));
  if (!reply.ok && memory.base === payload) memory.base = base;
  adopt();
  schedule();
  return reply;
}

addEventListener("pagehide", mirror);
subscribe(adopt);

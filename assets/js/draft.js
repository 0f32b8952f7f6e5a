/**
 * The prompt being written. The browser owns it while it is open: every edit shows at once, is saved to the server a
 * moment later, and is mirrored in this browser until the server has it. `state.local.draft` is
 * `{text, structured, settings, references}`; a reference still on its way up has `upload`, one that failed `problem`.
 * Never change a draft in place: use the functions here. What other tabs do to it: merge.js.
 *
 * Send empties the box at once: what is typed from then on is the next prompt. Until the server has answered, the sent
 * prompt is kept, here and in the mirror, as `sent`, under the id its turn will have. Refused or unanswered, it comes
 * back into the box, before what was typed since; if the turn of that id turns up after all, it leaves the box again.
 * The server makes one turn of an id, so that the same prompt, sent again after a lost reply, is paid for once.
 */

import { call, setLocal, state, subscribe, toast } from "./core.js";
import { newsOf, payloadOf, reopened, same, settled, statesOf, withEmptyBox, withReturned } from "./merge.js";
import { modelOf, settingsFor } from "./models.js";

const SAVE_AFTER_MS = 120;
const RETRY_AFTER_MS = 4000;
const LOST_SEND = "The studio did not answer. Your text is still here; try again.";
const MIRROR = "retake.draft.";
const TAB = "retake.tab.";

/**
 * What is known of the server's copy: `base` is what it last acknowledged or sent, so draft ≠ base is unsaved work.
 * `list` is the turns of the view last taken over, `turns` their states by id. `sent` is the prompt on its way, `away`
 * from the box until it is put back. `busy` counts calls under way, `last` is the newest of them.
 */
const memory = {
  conversation: null,
  boot: null,
  rev: -1,
  base: null,
  list: null,
  turns: {},
  sent: null,
  given: null,
  timer: 0,
  busy: 0,
  last: Promise.resolve(),
  warned: false,
};
let keys = 0;

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

/* ---- taking over the server's copy -------------------------------------------------------------------------- */

function adopt() {
  const { view } = state;
  if (!view) return;
  if (memory.conversation !== view.conversation_id) {
    openDraft(view);
    return;
  }
  const newer = memory.boot !== state.boot || view.draft.rev > memory.rev;
  if (!newer && memory.list === view.turns) return;
  const here = { draft: state.local.draft, base: memory.base, given: memory.given };
  const news = newsOf(memory.turns, view.turns);
  const incoming = newer ? incomingOf(view, here.draft.references) : null;
  const { draft: next, base, given } = settled(here, incoming, news, memory.sent);
  memory.given = given ?? (same(next.text, here.draft.text) ? memory.given : null);
  noteTurns(view);
  if (newer) Object.assign(memory, { boot: state.boot, rev: view.draft.rev });
  // Another object tells a save under way that the server's copy changed meanwhile.
  if (newer || !same(base, memory.base)) memory.base = base;
  if (!same(next, here.draft)) setLocal({ draft: next });
  if (unsaved()) schedule();
}

function openDraft(view) {
  mirror();
  clearTimeout(memory.timer);
  const kept = comeBack(found(view), view);
  const incoming = incomingOf(view, kept?.draft.references ?? []);
  const { conversation_id: conversation } = view;
  const { draft: next, base, given } = taken(incoming, kept, view);
  Object.assign(memory, { conversation, boot: state.boot, rev: view.draft.rev, base, given });
  memory.sent = kept?.sent ?? null;
  noteTurns(view);
  setLocal({ draft: next });
  if (unsaved()) schedule();
}

/** A conversation that is opened: this tab goes on as it was left, another one takes over what nobody has saved. */
function taken(incoming, kept, view) {
  const base = payloadOf(incoming);
  if (!kept) return { draft: incoming, base, given: null };
  const news = newsOf(kept.turns, view.turns);
  if (kept.tab) return settled(kept, incoming, news, kept.sent);
  return { draft: reopened(incoming, kept, news, kept.sent), base, given: null };
}

/** What was on its way when the page was left, and is not on record, is back in the box. */
function comeBack(kept, { turns }) {
  const { sent } = kept ?? {};
  if (!sent?.away || turns.some(({ id }) => id === sent.turn)) return kept;
  return { ...kept, draft: withReturned(kept.draft, sent), sent: { ...sent, away: false } };
}

/** A prompt whose turn is on record is not on its way any more, whatever was said of it before. */
function noteTurns({ turns }) {
  Object.assign(memory, { list: turns, turns: statesOf(turns) });
  if (!memory.sent || !(memory.sent.turn in memory.turns)) return;
  if (!memory.sent.away) setLocal({ refusal: null });
  memory.sent = null;
}

function incomingOf(view, before) {
  const { text, structured, settings, references } = view.draft;
  return { text, structured, settings, references: keyedAlike(references, before) };
}

/**
 * What was kept of a conversation: `{draft, base, turns, sent, given, tab}`; null for nothing. A reload of this tab finds
 * its own copy (`tab`), anything else the work that nobody has saved.
 */
function found({ conversation_id: conversation, turns }) {
  try {
    const own = sessionStorage.getItem(TAB + conversation);
    const text = own ?? localStorage.getItem(MIRROR + conversation);
    const kept = text ? JSON.parse(text) : null;
    if (!kept?.draft || !kept.base) return null;
    const references = kept.draft.references.map(withKey);
    return { turns: statesOf(turns), sent: null, ...kept, draft: { ...kept.draft, references }, tab: own !== null };
  } catch {
    return null; // storage switched off, or a mirror that cannot be read: the server's copy stands
  }
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
  if ("text" in patch) memory.given = null;
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
  if (!state.local.draft || state.view?.read_only) return;
  mirror();
  if (memory.busy || !unsaved()) return;
  const payload = payloadOf(state.local.draft);
  const { rev, base, conversation: conversation_id } = memory;
  const reply = await alone(() => call("save_draft", { conversation_id, draft: payload, rev }, { quiet: true }));
  sayOnce(reply);
  adopt();
  if (reply.ok && memory.base === base) memory.base = payload;
  mirror();
  if (unsaved()) schedule(reply.ok ? SAVE_AFTER_MS : RETRY_AFTER_MS);
}

function unsaved() {
  return !same(payloadOf(state.local.draft), memory.base);
}

/** A draft that cannot be saved is said once, not at every keystroke. Where no answer came, the lost link is said. */
function sayOnce({ ok, problem, problem_category: category }) {
  if (category === "offline") return;
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

/** This tab's copy, for its own reload; and for the whole browser, while it is not saved. */
function mirror() {
  const { draft: current } = state.local;
  const { conversation, base, turns, sent, given } = memory;
  if (!current || !conversation) return;
  try {
    const draft = { ...current, references: current.references.filter((reference) => reference.sha256) };
    const copy = JSON.stringify({ draft, base, turns, sent, given });
    sessionStorage.setItem(TAB + conversation, copy);
    if (unsaved() || sent?.away) localStorage.setItem(MIRROR + conversation, copy);
    else localStorage.removeItem(MIRROR + conversation);
  } catch {
    // Storage is off or full: the draft is still in the page and on its way to the server.
  }
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

/** Sends the draft and empties the box. @returns {Promise<any>} Reply */
export async function sendDraft() {
  clearTimeout(memory.timer);
  const payload = payloadOf(draft());
  const { conversation: conversation_id, sent: before, base } = memory;
  const again = before && !before.stopped && same(payloadOf(before), payload);
  const turn = again ? before.turn : newId();
  memory.sent = { turn, ...payload, away: true, base };
  // What the server will have once it took the turn: only what differs from it is newer.
  memory.base = withEmptyBox(payload);
  setLocal({ draft: withEmptyBox(state.local.draft) });
  mirror();
  const options = { quiet: true, lost: LOST_SEND };
  const reply = await alone(() => call("send", { conversation_id, draft: payload, turn_id: turn }, options));
  adopt();
  // Not taken. Where the conversation was left meanwhile, the mirror has it.
  if (!reply.ok && memory.sent?.turn === turn && memory.sent.away) putBack();
  schedule();
  return turn in memory.turns ? { ...reply, ok: true } : reply; // the view came, only the reply was lost
}

/**
 * Gives up the prompt that is on its way to the server: sent once more, it is another turn, which nobody has stopped.
 * @returns {string | null} its turn's id
 */
export function giveUpTurnOnItsWay() {
  if (!memory.sent?.away) return null;
  memory.sent = { ...memory.sent, stopped: true };
  return memory.sent.turn;
}

/** Brings the prompt on its way back into the box, as unsaved work. */
function putBack() {
  const { base } = memory.sent;
  const expected = withEmptyBox(payloadOf(memory.sent));
  if (same(memory.base, expected)) memory.base = base;
  memory.sent = { ...memory.sent, away: false };
  setLocal({ draft: withReturned(state.local.draft, memory.sent) });
}

/** 32 hex digits, as the server's own ids; `crypto.randomUUID` is missing where the page comes over plain HTTP. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

addEventListener("pagehide", mirror);
subscribe(adopt);

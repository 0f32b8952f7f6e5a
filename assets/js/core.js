/**
 * The page's one store and its few tools: state, DOM building, keyed patching, commands.
 *
 * Shapes are those of studio/ui/shapes.py, same names. `state.local` is what only this browser knows:
 *   tab: "create" | "references" | "edit" | "cost"      the open panel of the right side
 *   drawer: boolean                                      right side open where it is a drawer (< 1180 px)
 *   sheet: boolean                                       the conversation (left column) open on a phone
 *   connected: boolean                                   the event stream stands; false shows "Reconnecting…"
 *   draft                                                the prompt being written (draft.js owns it)
 *   zoom, compare                                        the stage's own (stage.js, compare.js)
 */

import { icon } from "./icons.js";

export { icon };

export const state = {
  /** @type {any} Boot, without its view */ boot: null,
  /** @type {any} PageView */ view: null,
  /** @type {Record<string, any>} */ local: { tab: "create", drawer: false, sheet: false, connected: true },
};

/* ---- change ------------------------------------------------------------------------------------------------- */

/** @type {Set<(s: typeof state) => void>} */
const listeners = new Set();
let scheduled = false;

function notify() {
  scheduled = false;
  for (const listener of listeners) {
    try {
      listener(state);
    } catch (error) {
      reportError(error); // one broken place must not stop the others
    }
  }
}

function changed() {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(notify);
}

/**
 * Calls `fn(state)` once per batch of changes, after the first view has arrived.
 * @param {(s: typeof state) => void} fn
 * @returns {() => void} unsubscribe
 */
export function subscribe(fn) {
  const listener = (s) => {
    if (s.view) fn(s);
  };
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Spares a costly render: it runs only where one of the values it depends on is another than last time.
 * @param {(s: typeof state) => any[]} pick @param {(s: typeof state) => void} render
 * @returns {(s: typeof state) => void}
 */
export function whenChanged(pick, render) {
  /** @type {any[]} */
  let before = [];
  return (s) => {
    const now = pick(s);
    if (now.length === before.length && now.every((value, index) => value === before[index])) return;
    before = now;
    render(s);
  };
}

/** @param {Record<string, any>} patch */
export function setLocal(patch) {
  Object.assign(state.local, patch);
  changed();
}

/** The boot payload replaces whatever was known: after a restart the server counts its revisions anew. */
export function setBoot({ view, ...boot }) {
  state.boot = boot;
  setView(view, { fresh: true });
}

/**
 * Late views (a lower `rev`) and views of a conversation that is not open are dropped.
 * @param {any} view PageView
 * @param {{opens?: boolean, fresh?: boolean}} [options] `opens`: it may change which conversation is open;
 *   `fresh`: it is taken whatever its rev
 */
export function setView(view, { opens = false, fresh = false } = {}) {
  const current = state.view;
  if (current && !fresh) {
    const same = current.conversation_id === view.conversation_id;
    if (same ? view.rev < current.rev : !opens) return;
  }
  state.view = view;
  changed();
}

/** @param {any} patch RunningPatch: the turn in flight alone, while thoughts and drafts stream in */
export function setRunning({ rev, conversation_id: id, running }) {
  if (state.view?.conversation_id !== id || rev < state.view.rev) return;
  state.view = { ...state.view, rev, running };
  changed();
}

/** @param {any} request RequestView: the new estimate alone */
export function setRequest(request) {
  if (!state.view) return;
  state.view = { ...state.view, request };
  changed();
}

/* ---- commands ----------------------------------------------------------------------------------------------- */

/** @type {Record<string, (payload: object) => Promise<any>>} */
const functions = {};
const OPENING = new Set(["new_conversation", "open_conversation", "delete", "restore", "begin_from"]);
const ONCE = new Set(["retry", "new_conversation"]); // a second click before the answer is the same click
const underWay = new Set();
export const NO_ANSWER = "The studio did not answer. Try again.";
let latestOpening = 0;

/** @param {Record<string, any>} server the `server` object of a Gradio component */
export function registerServer(server) {
  for (const name of Object.keys(server ?? {})) functions[name] = server[name];
}

/**
 * A command of the page itself (opening a panel), so that an action can name it like one of the server's.
 * @param {string} name @param {(payload: any) => void} run
 */
export function registerCommand(name, run) {
  functions[name] = async (payload) => {
    run(payload);
    return { ok: true };
  };
}

/** @type {Map<string, () => Promise<void>>} */
const gates = new Map();

/**
 * Holds a command back until `ready()` has settled: a send must not overtake the choice it continues from.
 * @param {string} command @param {() => Promise<void>} ready
 */
export function holdUntil(command, ready) {
  gates.set(command, ready);
}

/**
 * Runs a command and applies what it answers.
 * @param {string} command
 * @param {object} [payload]
 * @param {{quiet?: boolean, lost?: string}} [options] `quiet`: the caller shows what came; `lost`: said if nothing did
 * @returns {Promise<any>} Reply; `{ok: false, problem, problem_category: "offline"}` where no answer came
 */
export async function call(command, payload = {}, { quiet = false, lost = NO_ANSWER } = {}) {
  const run = functions[command];
  if (!run) throw new Error(`No server function named ${command}`);
  if (ONCE.has(command)) {
    if (underWay.has(command)) return { ok: false };
    underWay.add(command);
  }
  const opens = OPENING.has(command);
  const ticket = opens ? ++latestOpening : 0;
  const body = { conversation_id: state.view?.conversation_id, ...payload, token: state.boot?.token };
  await gates.get(command)?.();
  // Gradio answers null where the server failed and rejects where the network did; both mean: no answer.
  const answer = await Promise.resolve(run(body)).catch(() => null);
  underWay.delete(command);
  const reply = answer ?? { ok: false, problem: lost, problem_category: "offline" };
  return applyReply(reply, { quiet, opens: opens && ticket === latestOpening });
}

/**
 * @param {any} reply Reply
 * @param {{quiet?: boolean, opens?: boolean}} [options]
 */
export function applyReply(reply, { quiet = false, opens = false } = {}) {
  if (reply.view) setView(reply.view, { opens });
  else if (reply.request) setRequest(reply.request);
  if (quiet) return reply;
  if (reply.notice) toast(reply.notice);
  if (reply.problem) toast({ sentence: reply.problem, tone: "bad" });
  return reply;
}

const ARGUMENT_NAMES = {
  retry: "turn_id",
  choose: "number",
  open_conversation: "id",
  delete: "id",
  restore: "id",
  set_budget: "cap_usd",
  check_connection: "model",
};

/** @param {{command: string, argument?: string | null}} action ActionView */
export function runAction({ command, argument }) {
  const name = ARGUMENT_NAMES[command];
  if (!name) return call(command);
  return call(command, { [name]: name === "number" ? Number(argument) : (argument ?? null) });
}

/* ---- toasts (shown by toasts.js) ---------------------------------------------------------------------------- */

/** @type {((notice: any) => void) | null} */
let showToast = null;
const waiting = [];

/** @param {{sentence: string, tone?: string, undo?: any}} notice */
export function toast(notice) {
  if (showToast) showToast(notice);
  else waiting.push(notice);
}

/** @param {(notice: any) => void} show */
export function onToast(show) {
  showToast = show;
  waiting.splice(0).forEach(show);
}

/* ---- places ------------------------------------------------------------------------------------------------- */

/** @type {Map<string, Array<(element: HTMLElement) => void | ((s: typeof state) => void)>>} */
const setups = new Map();
/** @type {Map<string, {element: HTMLElement, stop: Array<() => void>}>} */
const mounted = new Map();

/**
 * Registers a place. `setup(element)` builds its DOM at once; the function it returns runs after each change.
 * Several modules may register the same place: each adds to it.
 * @param {string} name
 * @param {(element: HTMLElement) => void | ((s: typeof state) => void)} setup
 */
export function place(name, setup) {
  setups.set(name, [...(setups.get(name) ?? []), setup]);
}

/**
 * @param {string} name
 * @param {{element: HTMLElement, server?: object}} context what Gradio gives to js_on_load
 */
export function mount(name, { element, server }) {
  registerServer(server);
  const root = element.matches(".place") ? element : (element.querySelector(".place") ?? element);
  mounted.get(name)?.stop.forEach((stop) => stop());
  root.id = `mount-${name}`; // ids of the contract sit on what the places build
  root.dataset.place = name;
  root.replaceChildren();
  const stop = [];
  for (const setup of setups.get(name) ?? []) {
    const render = setup(root);
    if (!render) continue;
    stop.push(subscribe(render));
    if (state.view) render(state);
  }
  mounted.set(name, { element: root, stop });
}

/** @param {string} name @returns {HTMLElement | null} */
export function placeElement(name) {
  return mounted.get(name)?.element ?? null;
}

/* ---- DOM ---------------------------------------------------------------------------------------------------- */

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2).toLowerCase(), value);
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

/**
 * `h("button", {class: "ib", onclick, dataset: {id}, "aria-label": "New"}, icon("plus"), "New")`.
 * Strings become text nodes, never markup; null and false are skipped; `on…` adds a listener; true: a bare attribute.
 * @param {string} tag
 * @param {Record<string, any> | null} [attributes]
 * @param {...any} children
 * @returns {any}
 */
export function h(tag, attributes, ...children) {
  const node = document.createElement(tag);
  const { value, ...rest } = attributes ?? {};
  for (const name of Object.keys(rest)) setAttribute(node, name, rest[name]);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  setAttribute(node, "value", value);
  return node;
}

/** Writes text only where it differs: no needless mutation, so screen readers and selections are left alone. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets or (null, undefined, false) removes an attribute. */
export function setAttr(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else {
    const text = value === true ? "" : String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/** @type {WeakMap<Element, Map<any, {node: any, item: any}>>} */
const keyedNodes = new WeakMap();

/**
 * Patches `container`'s children to match `items`: nodes are kept, moved and removed by key, never rebuilt.
 * @template T
 * @param {Element} container holds nothing but these children
 * @param {readonly T[]} items
 * @param {(item: T, index: number) => string | number} keyOf
 * @param {(item: T) => any} create
 * @param {(node: any, item: T, index: number) => void} [update] runs for new and kept nodes
 */
export function keyed(container, items, keyOf, create, update) {
  const before = keyedNodes.get(container) ?? new Map();
  const after = new Map();
  items.forEach((item, index) => {
    const key = keyOf(item, index);
    after.set(key, before.get(key) ?? create(item));
  });
  for (const [key, node] of before) if (!after.has(key)) node.remove();
  let cursor = container.firstChild;
  let index = 0;
  for (const node of after.values()) {
    if (node === cursor) cursor = cursor.nextSibling;
    else container.insertBefore(node, cursor);
    update?.(node, items[index], index);
    index += 1;
  }
  keyedNodes.set(container, after);
}

/** @param {string} sha256 */
export function blobUrl(sha256) {
  return `/blobs/${sha256}`;
}

/** @param {string} sha256 @param {128 | 256 | 512 | 1024 | 2048} widthPx */
export function thumbUrl(sha256, widthPx) {
  return `/blobs/${sha256}/thumb?w=${widthPx}`;
}

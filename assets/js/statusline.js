/** `#status`: the open conversation's state in one line, what can be done about it, and the clock of a running turn. */

import { call, h, icon, keyed, runAction, setAttr, setLocal, setText, state } from "./core.js";
import { beside } from "./clock.js";
import { buildMore } from "./statusmore.js";

const TICK_MS = 250;
const SLOWING_FROM = 0.9;
const TONE_ICONS = { ok: "check", warn: "alert", bad: "alert" };
const RUNNING = new Set(["sending", "waiting", "retrying"]);
/** What can be done about a refusal, by its category. */
const REFUSAL_ACTIONS = { budget: [{ command: "raise_budget", label: "Raise budget", argument: null }] };

/** @param {any} s the store @returns {boolean} whether Stop is what the button says */
export function isRunning({ view, local }) {
  return Boolean(view?.running) || RUNNING.has(view?.status.state) || Boolean(local.sending);
}

/** @param {any} s the store @returns {boolean} whether the open conversation was deleted: in another tab, then */
export function isDeleted({ view }) {
  return !view.conversations.some((row) => row.current);
}

/** What is said while the event stream is lost. */
function offline({ view, local }) {
  const asked = local.refusal?.category === "offline" ? local.refusal.sentence : null;
  if (asked) return asked;
  if (view.running) return "Reconnecting… The turn does not need this page to go on.";
  return "Reconnecting… What you typed is kept here; nothing is sent until the studio answers.";
}

/**
 * What the line shows: that the conversation is no more, a send on its way, a lost stream, a refusal, else the server's
 * status. `dismissible`: it is there until it is dismissed.
 */
function shownStatus({ view, local }) {
  const { status } = view;
  const plain = { category: null, detail: null, tone: "plain", actions: [], dismissible: false };
  if (isDeleted({ view })) {
    const restore = { command: "restore", label: "Restore", argument: view.conversation_id };
    const sentence = "This conversation was deleted. What you typed is kept; restore it to go on.";
    return { ...plain, state: "idle", category: "not_found", sentence, tone: "warn", actions: [restore] };
  }
  if (local.sending && !view.running) {
    return { ...plain, state: "sending", sentence: "Sending…" };
  }
  if (local.beginning && !view.running) {
    return { ...plain, state: status.state, sentence: `Bringing in ${local.beginning.name}…` };
  }
  if (!local.connected) {
    return { ...plain, state: "idle", category: "offline", sentence: offline({ view, local }), tone: "warn" };
  }
  if (local.refusal) {
    const actions = REFUSAL_ACTIONS[local.refusal.category] ?? [];
    return { ...plain, state: "failed", tone: "warn", actions, dismissible: true, ...local.refusal };
  }
  const retry = view.running?.variants.find((variant) => variant.retry)?.retry;
  if (status.state === "retrying" && retry) return { ...status, sentence: retry.sentence, detail: retry.detail };
  return status;
}

/** What the line shows of a reply that refuses. */
export function refusalOf({ problem, problem_category: category }) {
  return { category: category ?? "internal", sentence: problem };
}

/**
 * Runs an action offered for how the last turn ended; what the server refuses of it is said in this line.
 * @param {{command: string, argument?: string | null}} action ActionView
 */
export async function runRemedy(action) {
  if (action.command !== "retry") {
    await runAction(action);
    return;
  }
  const { conversation_id: conversation } = state.view;
  setLocal({ refusal: null });
  const reply = await call("retry", { turn_id: action.argument }, { quiet: true });
  if (reply.ok || !reply.problem || state.view.conversation_id !== conversation) return;
  setLocal({ refusal: refusalOf(reply) });
}

/** @param {number} seconds */
function countdown(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function soonest(values) {
  const known = values.filter((value) => value);
  return known.length > 0 ? Math.min(...known) : null;
}

/** @returns {{text: string, share: number, waits: boolean}} the clock's words and how much of the usual time is over */
function progressOf(running, nowMs) {
  const elapsedS = Math.max(0, (nowMs - running.started_ms) / 1000);
  const part = elapsedS / Math.max(running.usual_s, 1);
  const share = part < SLOWING_FROM ? part : SLOWING_FROM + 0.1 * (1 - Math.exp(2 * (SLOWING_FROM - part)));
  const open = running.variants.filter((variant) => !variant.ended);
  const retryMs = soonest(open.map((variant) => variant.retry?.until_ms));
  if (retryMs) return { text: `Again in ${countdown((retryMs - nowMs) / 1000)}`, share, waits: true };
  const queuedMs = soonest(open.map((variant) => variant.queued_until_ms));
  if (queuedMs) return { text: `Leaves in ${countdown((queuedMs - nowMs) / 1000)}`, share, waits: false };
  const measure = beside(elapsedS, running.usual_s, (seconds) => `${seconds} s`);
  const text = [`${Math.floor(elapsedS)} s`, measure].filter(Boolean).join(", ");
  return { text, share, waits: false };
}

function actionButton(action) {
  return h("button", { type: "button", class: "act", onclick: () => runRemedy(action) }, action.label);
}

/** The service's own words, folded. */
function buildDetail() {
  const words = h("p", { id: "status-detail", class: "detail", hidden: true });
  const fold = h(
    "button",
    {
      type: "button",
      class: "act",
      "aria-expanded": "false",
      "aria-controls": "status-detail",
      onclick: () => open(words.hidden),
    },
    "Details",
  );
  function open(wanted) {
    words.hidden = !wanted;
    setAttr(fold, "aria-expanded", String(wanted));
  }
  function update(detail) {
    if (words.textContent !== (detail ?? "")) open(false);
    setText(words, detail ?? "");
    fold.hidden = !detail;
  }
  return { words, fold, update };
}

/**
 * The clock of a running turn: its words, the line along the box, and "Retry now" while it waits for the next attempt.
 * @param {HTMLElement} bar
 */
function buildClock(bar) {
  const ticker = h("span", { class: "ticker num", role: "timer", "aria-live": "off", hidden: true });
  const retry = h("button", { type: "button", class: "act", hidden: true }, "Retry now");
  retry.addEventListener("click", () => call("retry_now"));
  let running = null;
  let timer = 0;

  function tick() {
    const { text, share, waits } = progressOf(running, Date.now());
    setText(ticker, text);
    retry.hidden = !waits;
    bar.firstElementChild.style.transform = `scaleX(${share.toFixed(3)})`;
  }

  function update(now) {
    running = now;
    bar.hidden = !running;
    ticker.hidden = !running;
    if (running) {
      tick();
      timer ||= setInterval(tick, TICK_MS);
    } else {
      clearInterval(timer);
      timer = 0;
      retry.hidden = true;
    }
  }
  return { ticker, retry, update };
}

/** The icon before a sentence that warns, or says that all is well. */
function updateMark(mark, tone) {
  if (mark.dataset.tone === tone) return;
  mark.dataset.tone = tone;
  mark.replaceChildren(...(TONE_ICONS[tone] ? [icon(TONE_ICONS[tone], 14)] : []));
}

/**
 * @param {HTMLElement} bar the thin line along the composer's box
 * @returns {{element: HTMLElement, render: (s: any) => void}}
 */
export function buildStatus(bar) {
  const mark = h("span", { class: "mark", "aria-hidden": "true" });
  const sentence = h("span", { class: "sentence" });
  const actions = h("span", { class: "acts" });
  const dismiss = h("button", { type: "button", class: "act", hidden: true }, "Dismiss");
  dismiss.addEventListener("click", () => setLocal({ refusal: null }));
  const clock = buildClock(bar);
  const detail = buildDetail();
  const status = h("div", {
    id: "status",
    role: "status",
    "aria-live": "polite",
    "aria-atomic": "false",
    dataset: { state: "idle", category: "" },
  });
  const leftOut = h("span", { class: "leftout num" });
  const line = h("div", { class: "statusline" }, status, leftOut);
  const more = buildMore({ line, status, sentence, fold: detail.fold });
  status.append(mark, sentence, clock.ticker, clock.retry, actions, dismiss, more.button, detail.fold, detail.words);

  function render(s) {
    const shown = shownStatus(s);
    Object.assign(status.dataset, { state: shown.state, category: shown.category ?? "", tone: shown.tone });
    updateMark(mark, shown.tone);
    setText(sentence, shown.sentence);
    dismiss.hidden = !shown.dismissible;
    keyed(actions, shown.actions, (action) => `${action.command} ${action.argument} ${action.label}`, actionButton);
    detail.update(shown.detail);
    clock.update(s.view.running);
    setText(leftOut, s.view.request.left_out);
    setAttr(leftOut, "title", s.view.request.size);
    more.update();
  }
  return { element: line, render };
}

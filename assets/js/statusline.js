/** `#status`: the open conversation's state in one line, with what can be done about it, and the clock of a running turn. */

import { call, h, icon, keyed, runAction, setAttr, setLocal, setText } from "./core.js";

const TICK_MS = 250;
const SLOWING_FROM = 0.9;
const TONE_ICONS = { ok: "check", warn: "alert", bad: "alert" };
const RUNNING = new Set(["sending", "waiting", "retrying"]);

/** @param {any} s the store @returns {boolean} whether Stop is what the button says */
export function isRunning({ view, local }) {
  return Boolean(view?.running) || RUNNING.has(view?.status.state) || Boolean(local.sending);
}

/** What the line shows: a refusal of this page, a send on its way, a lost stream, else the server's status. */
function shownStatus({ view, local }) {
  const { status } = view;
  if (local.sending && !view.running) {
    return { state: "sending", category: null, sentence: "Sending…", detail: null, tone: "plain", actions: [] };
  }
  if (local.refusal) {
    return { state: "failed", detail: null, tone: "warn", actions: [], ...local.refusal };
  }
  if (!local.connected && !RUNNING.has(status.state)) {
    return {
      ...status,
      state: "idle",
      category: "offline",
      sentence: "Reconnecting…",
      tone: "warn",
      detail: null,
      actions: [],
    };
  }
  return status;
}

/** @param {number} seconds */
function clock(seconds) {
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
  if (retryMs) return { text: `Again in ${clock((retryMs - nowMs) / 1000)}`, share, waits: true };
  const queuedMs = soonest(open.map((variant) => variant.queued_until_ms));
  if (queuedMs) return { text: `Leaves in ${clock((queuedMs - nowMs) / 1000)}`, share, waits: false };
  return { text: `${Math.floor(elapsedS)} s, usually ${Math.round(running.usual_s)} s`, share, waits: false };
}

function actionButton(action) {
  return h("button", { type: "button", class: "act", onclick: () => runAction(action) }, action.label);
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
 * @param {HTMLElement} bar the thin line along the composer's box
 * @returns {{element: HTMLElement, render: (s: any) => void}}
 */
export function buildStatus(bar) {
  const mark = h("span", { class: "mark", "aria-hidden": "true" });
  const sentence = h("span", { class: "sentence" });
  const ticker = h("span", { class: "ticker num", role: "timer", "aria-live": "off" });
  const retry = h(
    "button",
    { type: "button", class: "act", hidden: true, onclick: () => call("retry_now") },
    "Retry now",
  );
  const actions = h("span", { class: "acts" });
  const dismiss = h(
    "button",
    {
      type: "button",
      class: "act",
      hidden: true,
      onclick: () => setLocal({ refusal: null }),
    },
    "Dismiss",
  );
  const detail = buildDetail();
  const element = h(
    "div",
    { class: "statusline" },
    h(
      "div",
      {
        id: "status",
        role: "status",
        "aria-live": "polite",
        "aria-atomic": "false",
        dataset: { state: "idle", category: "" },
      },
      mark,
      sentence,
      ticker,
      retry,
      actions,
      dismiss,
      detail.fold,
      detail.words,
    ),
    h("span", { class: "reqsize num", title: "What the next request carries" }),
  );
  const [status, size] = element.children;
  let running = null;
  let timer = 0;

  function tick() {
    const { text, share, waits } = progressOf(running, Date.now());
    setText(ticker, text);
    retry.hidden = !waits;
    bar.firstElementChild.style.transform = `scaleX(${share.toFixed(3)})`;
  }

  function renderClock(view) {
    running = view.running;
    bar.hidden = !running;
    ticker.hidden = !running;
    if (!running) {
      clearInterval(timer);
      timer = 0;
      retry.hidden = true;
      setText(ticker, "");
      return;
    }
    tick();
    timer ||= setInterval(tick, TICK_MS);
  }

  function render(s) {
    const shown = shownStatus(s);
    status.dataset.state = shown.state;
    status.dataset.category = shown.category ?? "";
    status.dataset.tone = shown.tone;
    if (mark.dataset.tone !== shown.tone) {
      mark.dataset.tone = shown.tone;
      mark.replaceChildren(...(TONE_ICONS[shown.tone] ? [icon(TONE_ICONS[shown.tone], 14)] : []));
    }
    setText(sentence, shown.sentence);
    dismiss.hidden = !s.local.refusal;
    keyed(actions, shown.actions, (action) => `${action.command} ${action.argument} ${action.label}`, actionButton);
    detail.update(shown.detail);
    setText(size, s.view.request.size);
    renderClock(s.view);
  }
  return { element, render };
}

/** The composer: reference chips, the prompt, the settings in force, the price beside Send, and the status line. */

import { call, h, icon, place, registerCommand, setAttr, setLocal, setText, state } from "./core.js";
import { buildChips, buildPills, openControl } from "./chips.js";
import { draft, giveUpTurnOnItsWay, patchDraft, sendDraft } from "./draft.js";
import { buildStatus, isDeleted, isRunning, refusalOf } from "./statusline.js";
import { panelCovers } from "./tabs.js";

const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);
const COUNT_FROM = 0.9;
const DESCRIBE = "Describe the picture…";
const CHANGE = "Describe the change…";
const ANYWHERE = "drop or paste images anywhere"; // which fingers cannot
const LOST_STOP = "The studio did not answer, so it may not have stopped. Try again.";
const ONLY_SHOWN = "Nothing can be sent from here";
const FINE = matchMedia("(pointer: fine)");

/** Focuses the prompt box. @param {[number, number]} [selection] characters to select; the end otherwise */
export function focusPrompt(selection) {
  const box = document.querySelector("#prompt textarea");
  if (!box) return;
  // After the render that may be about to write the text.
  requestAnimationFrame(() => {
    box.focus();
    box.setSelectionRange(...(selection ?? [box.value.length, box.value.length]));
    box.scrollTop = box.scrollHeight;
  });
}

/* ---- the prompt box ------------------------------------------------------------------------------------------ */

function grow(box) {
  box.style.height = "0";
  box.style.height = `${box.scrollHeight}px`;
}

/** @param {any} view PageView */
function placeholderOf(view) {
  if (view.read_only) return ONLY_SHOWN;
  if (view.versions.length === 0) return DESCRIBE;
  return FINE.matches ? `${CHANGE} ${ANYWHERE}` : CHANGE;
}

function recallLast(event) {
  const last = state.view?.turns.at(-1);
  if (event.target.readOnly || event.key !== "ArrowUp" || event.target.value !== "" || !last) return;
  event.preventDefault();
  patchDraft({ text: last.text });
  focusPrompt();
}

function buildPrompt() {
  const box = h("textarea", {
    id: "prompt-text",
    rows: "2",
    "aria-label": "Prompt",
    "aria-describedby": "prompt-count",
    spellcheck: "true",
    oninput: () => {
      patchDraft({ text: box.value });
      grow(box);
    },
    onkeydown: recallLast,
  });
  const count = h("span", { id: "prompt-count", class: "count num", hidden: true });
  addEventListener("resize", () => box.isConnected && grow(box));

  let early = true; // what was typed before the first view came must not be lost to it

  function render({ view, boot }) {
    if (early && box.value) patchDraft({ text: [draft().text, box.value].filter(Boolean).join("\n") });
    early = false;
    const { text } = draft();
    if (box.value !== text) box.value = text;
    if (box.dataset.grown !== text) {
      box.dataset.grown = text;
      grow(box);
    }
    setAttr(box, "placeholder", placeholderOf(view));
    setAttr(box, "readonly", view.read_only);
    const most = boot.max_prompt_chars;
    const near = text.length > most * COUNT_FROM;
    count.hidden = !near;
    if (!near) return;
    const length = [...text].length;
    setText(count, `${length.toLocaleString("en")} of ${most.toLocaleString("en")} characters`);
    setAttr(count, "data-over", length > most);
  }
  return { element: h("div", { id: "prompt" }, box), count, render };
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

/** Why Send would be refused before any call; null where it would go. */
function refusalNow() {
  const { text, references } = draft();
  const most = state.boot.max_prompt_chars;
  const { view, local } = state;
  if (view.read_only) return { category: "read_only", state: "idle", sentence: view.status.sentence };
  if (!local.connected) {
    return { category: "offline", sentence: "Nothing was sent: the studio does not answer. What you typed is kept here." };
  }
  if (text.trim() === "") {
    return {
      category: "empty_prompt",
      sentence: "There is nothing to send yet. Describe the picture, or the change, then send.",
    };
  }
  if (text.length > most && [...text].length > most) {
    const have = [...text].length.toLocaleString("en");
    const limit = `${most.toLocaleString("en")} is the most`;
    return {
      category: "prompt_too_long",
      sentence: `The prompt has ${have} characters; ${limit}. Shorten it, then send again.`,
    };
  }
  const coming = references.find((reference) => reference.upload);
  if (coming) {
    return { category: "bad_value", sentence: `${coming.name} is still on its way. Send again when it is in.` };
  }
  return null;
}

async function send() {
  if (!state.view || isRunning(state)) return;
  if (isDeleted(state)) {
    document.querySelector("#status button")?.focus(); // the status line says it, and offers to restore
    return;
  }
  const refusal = refusalNow();
  if (refusal) {
    setLocal({ refusal });
    focusPrompt();
    return;
  }
  const { conversation_id: conversation } = state.view;
  setLocal({ sending: true, refusal: null });
  try {
    const reply = await sendDraft();
    const told = reply.ok || !reply.problem || isDeleted(state) || state.view.conversation_id !== conversation;
    if (!told) setLocal({ refusal: refusalOf(reply) });
  } finally {
    setLocal({ sending: false, stopping: false });
  }
}

async function stop() {
  setLocal({ stopping: true });
  const turn_id = giveUpTurnOnItsWay(); // which may have to stop before it has come
  const reply = await call("stop", { turn_id }, { lost: LOST_STOP });
  // A prompt that is still on its way is stopped once it comes.
  if (!reply.ok || !state.local.sending) setLocal({ stopping: false });
}

function buildButtons() {
  const hint = APPLE ? "⌘↵" : "Ctrl ↵";
  const sendButton = h(
    "button",
    { id: "send", type: "button", class: "send", onclick: send },
    "Send ",
    h("kbd", null, hint),
  );
  const stopWord = h("span", null, "Stop");
  const stopButton = h(
    "button",
    { id: "stop", type: "button", class: "send stop", hidden: true, onclick: stop },
    icon("stop", 12),
    stopWord,
    h("kbd", null, "Esc"),
  );

  function render(s) {
    const running = isRunning(s);
    const focused = document.activeElement === sendButton || document.activeElement === stopButton;
    const swapped = sendButton.hidden !== running;
    sendButton.hidden = running;
    stopButton.hidden = !running;
    setText(stopWord, s.local.stopping ? "Stopping…" : "Stop");
    // Still pressed: it then says why.
    setAttr(sendButton, "data-quiet", Boolean(refusalNow()) || !s.view.request.estimate.fits_budget);
    if (focused && swapped) (running ? stopButton : sendButton).focus();
  }
  return { element: h("div", { class: "go" }, sendButton, stopButton), render };
}

/* ---- the price ---------------------------------------------------------------------------------------------- */

function buildEstimate() {
  const about = h("span", { class: "about", "aria-hidden": "true" }, "≈ ");
  const likely = h("b");
  const under = h("small");
  const element = h("span", { id: "cost-estimate", class: "est num", dataset: { usd: "" } }, about, likely, under);

  function render({ view }) {
    const { estimate, size } = view.request;
    element.dataset.usd = estimate.likely_usd ?? "";
    about.hidden = estimate.likely_usd === null;
    setText(likely, estimate.likely.replace(/^≈\s*/, ""));
    setText(under, estimate.under);
    setAttr(element, "data-over", !estimate.fits_budget);
    const kind = estimate.simulated ? "Simulated: what Gemini would have charged." : "";
    setAttr(element, "title", [kind, estimate.tail, size].filter(Boolean).join("\n"));
  }
  return { element, render };
}

/** What must be known before Send: a fresh start, history left out, a problem of the request. */
function buildNotice() {
  const words = h("span");
  const element = h("p", { class: "notice", hidden: true }, icon("info", 14), words);
  function render({ view, local }) {
    const { notice, problem } = view.request;
    const told = problem === local.refusal?.sentence; // the status line has it already
    const sentence = problem && matters(view.request) && !told ? problem : notice;
    element.hidden = !sentence;
    setAttr(element, "data-tone", sentence === problem ? "warn" : null);
    setText(words, sentence ?? "");
  }
  return { element, render };
}

/** An empty box is not a problem until Send is pressed. */
function matters({ problem_category: category }) {
  return category !== "empty_prompt";
}

/* ---- keys --------------------------------------------------------------------------------------------------- */

function somethingIsOpen() {
  if (document.querySelector("dialog[open], [role=menu]:not([hidden]), :popover-open")) return true;
  return Boolean(state.local.compare) || panelCovers();
}

/** Ctrl/⌘+Enter sends from anywhere; Esc stops only where it has nothing to close. */
function onKey(event) {
  if (event.defaultPrevented || event.isComposing || !state.view) return;
  const run = { Enter: sendByKey, Escape: stopByKey }[event.key];
  if (run?.(event)) event.preventDefault();
}

/** @returns {boolean} whether the key was meant for it */
function sendByKey({ ctrlKey, metaKey }) {
  if (!(ctrlKey || metaKey) || document.querySelector("dialog[open]")) return false;
  send();
  return true;
}

function stopByKey() {
  if (!isRunning(state) || somethingIsOpen()) return false;
  stop();
  return true;
}

/* ---- the place ---------------------------------------------------------------------------------------------- */

function build(element) {
  const bar = h("div", { class: "progress", hidden: true, "aria-hidden": "true" }, h("i"));
  const parts = [
    buildChips(),
    buildPrompt(),
    buildNotice(),
    buildPills(),
    buildEstimate(),
    buildButtons(),
    buildStatus(bar),
  ];
  const [chips, prompt, notice, pills, estimate, buttons, status] = parts;
  const box = h(
    "div",
    { class: "box" },
    bar,
    chips.element,
    prompt.element,
    notice.element,
    h(
      "div",
      { class: "row" },
      pills.element,
      h("span", { class: "grow" }),
      prompt.count,
      estimate.element,
      buttons.element,
    ),
  );
  box.addEventListener("mousedown", (event) => {
    // The box looks like one field: a press on its empty parts goes to the text.
    if (event.target !== box && !event.target.matches(".row, .grow")) return;
    event.preventDefault();
    focusPrompt();
  });
  element.append(h("div", { class: "composer" }, box, status.element));
  return (s) => {
    if (draft()) parts.forEach((part) => part.render(s));
  };
}

registerCommand("raise_budget", () => openControl("cost", "#budget-cap"));
place("composer", build);
document.addEventListener("keydown", onKey);

/** The turn in flight, on the stage: a frame per image with its clock, its newest thought and its newest draft. */

import { blobUrl, h, icon, keyed, setAttr, setLocal, setText, state, thumbUrl } from "./core.js";
import { beside } from "./clock.js";
import { draft, draftModel } from "./draft.js";
import { tipOf } from "./versions.js";

const TICK_MS = 500;
export const DRAFT_DELAY_MS = 150; // a draft that its result overtakes is not worth decoding
const USUAL_RATIO = 1408 / 768; // what 3.x models choose when they are left to
const SAME_SHAPE = 0.02; // "16:9" is 2752 × 1536

/** @param {number} wholeS @returns {string} "12 s" or "1 min 05 s" */
function duration(wholeS) {
  const seconds = Math.max(0, wholeS);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

function elapsedMs(running) {
  return Date.now() - running.started_ms;
}

function elapsed(running) {
  return duration(Math.floor(elapsedMs(running) / 1000));
}

/** @param {number} untilMs @returns {string} what is left; never "0 s" while anything is */
function left(untilMs) {
  return duration(Math.ceil((untilMs - Date.now()) / 1000));
}

function usual(running) {
  return beside(elapsedMs(running) / 1000, running.usual_s, duration);
}

/** @param {any} view PageView @param {Record<string, any>} local @returns {boolean} whether the stage shows the run */
export function showsRun(view, local) {
  const { running } = view;
  if (!running || local.peek === running.turn_id) return false;
  return !view.versions.some((version) => version.turn_id === running.turn_id);
}

const UNKNOWN = { variant: 0, thoughts: "", drafts: [], retry: null, queued_until_ms: null, ended: false };

/** @param {any} running RunningView @returns {any[]} its images; one where the server does not know yet */
export function variantsOf(running) {
  return running.variants.length > 0 ? running.variants.toSorted((a, b) => a.variant - b.variant) : [UNKNOWN];
}

/* ---- what a frame says -------------------------------------------------------------------------------------- */

/** The last line of what the model thinks, without the stars it sets its headings in. */
function newestThought({ thoughts }) {
  const lines = thoughts.split("\n").map((line) => line.replaceAll("**", "").trim());
  return lines.findLast(Boolean) ?? "";
}

/** @returns {{main: string, sub: string, line: string}} the figure, what it is measured by, and the sentence below */
function wordsOf(running, variant, many) {
  const name = many ? `Image ${variant.variant}` : "";
  const joined = (...words) => words.filter(Boolean).join(" · ");
  const { retry, queued_until_ms: queuedMs } = variant;
  if (variant.ended) return { main: "No picture", sub: name, line: "" };
  if (retry) return { main: `Trying again in ${left(retry.until_ms)}`, sub: name, line: retry.sentence };
  if (queuedMs) return { main: `Waiting its turn, ${left(queuedMs)}`, sub: name, line: "" };
  const draft = variant.drafts.length > 0 ? `draft ${variant.drafts.length}` : "";
  return { main: elapsed(running), sub: joined(name, usual(running), draft), line: newestThought(variant) };
}

/** Width by height of what will come: as asked, else as the picture that is being changed. */
function ratioOf(view, tip) {
  const { aspect_ratio: asked } = view.running;
  const sizes = draft() ? draftModel().sizes : [];
  const pixels = sizes.map((size) => size.pixels[asked ?? ""]).find(Boolean);
  const [width, height] = pixels ?? asked?.split(":").map(Number) ?? [];
  if (width && height) return width / height;
  return tip ? tip.width_px / tip.height_px : USUAL_RATIO;
}

/* ---- a frame ------------------------------------------------------------------------------------------------ */

function createTile(onDraft) {
  const under = h("img", { class: "under", alt: "", hidden: true });
  const picture = h("img", { class: "draft", alt: "Draft, not the result", hidden: true });
  const show = (shown) => {
    picture.hidden = !shown;
    onDraft();
  };
  picture.addEventListener("load", () => show(true));
  picture.addEventListener("error", () => show(false));
  const main = h("b", { class: "main" });
  const sub = h("span", { class: "sub" });
  const line = h("p", { class: "line" });
  const say = h("div", { class: "say num" }, main, sub, line);
  const tile = h("div", { class: "tile" }, under, picture, h("span", { class: "sheen" }), say);
  return Object.assign(h("div", { class: "frame-cell" }, tile), { tile, under, picture, main, sub, line });
}

function askForDraft(node, sha256) {
  if (node.newest !== sha256) return;
  setAttr(node.picture, "src", sha256 ? blobUrl(sha256) : null);
  if (!sha256) node.picture.hidden = true;
}

/** @param {{ratio: number, words: any, beneath: any, clear: boolean}} how `beneath`: the version that is being changed */
function updateTile(node, variant, { ratio, words, beneath, clear }) {
  const newest = variant.drafts.at(-1);
  if (node.newest !== newest) {
    node.newest = newest;
    setTimeout(askForDraft, newest ? DRAFT_DELAY_MS : 0, node, newest);
  }
  const drafted = !node.picture.hidden;
  node.tile.style.setProperty("--ratio", String(ratio));
  setAttr(node.tile, "data-clear", clear);
  setAttr(node.tile, "data-bare", !beneath && !drafted);
  setAttr(node.tile, "data-still", variant.ended || Boolean(variant.retry));
  setAttr(node.under, "src", beneath && !clear ? thumbUrl(beneath.sha256, 1024) : null);
  node.under.hidden = !beneath || clear || drafted;
  for (const part of ["main", "sub", "line"]) setText(node[part], words[part]);
}

/* ---- the run ------------------------------------------------------------------------------------------------ */

function createBack() {
  const text = h("span");
  const root = h(
    "button",
    { type: "button", class: "back num", hidden: true, onclick: () => setLocal({ peek: null }) },
    icon("clock", 14),
    text,
  );
  const render = (running, local) => {
    root.hidden = !(running && local.peek === running.turn_id);
    if (!root.hidden) setText(text, ["Working", elapsed(running), usual(running)].filter(Boolean).join(" · "));
  };
  return { root, render };
}

/** @param {() => void} onTick runs twice a second while a turn runs */
export function createRunning(onTick) {
  const cells = h("div", { class: "frames" });
  const root = h("div", { class: "running", hidden: true }, cells);
  const back = createBack();
  let timer = 0;

  const paint = (view, local) => {
    const { running } = view;
    const shows = showsRun(view, local);
    root.hidden = !shows;
    back.render(running, local);
    setAttr(root, "data-covers", null);
    if (!shows) {
      keyed(cells, [], () => "", () => null);
      return;
    }
    const variants = variantsOf(running);
    const many = variants.length > 1;
    const tip = tipOf(view);
    const ratio = ratioOf(view, tip);
    const drafted = cells.querySelector(".draft:not([hidden])") !== null;
    // The stage's own picture, dimmed, is what lies beneath where it has the shape of the one to come.
    const fits = tip !== null && Math.abs(tip.width_px / tip.height_px / ratio - 1) < SAME_SHAPE;
    const clear = fits && !many && !drafted;
    setAttr(root, "data-covers", !clear);
    cells.dataset.count = String(variants.length);
    keyed(
      cells,
      variants,
      (variant) => `${running.turn_id}:${variant.variant || 1}`,
      () => createTile(() => paint(state.view, state.local)),
      (node, variant) =>
        updateTile(node, variant, { ratio, words: wordsOf(running, variant, many), beneath: tip, clear }),
    );
  };
  const tick = () => {
    paint(state.view, state.local);
    onTick();
  };
  return {
    root,
    back: back.root,
    render({ view, local }) {
      paint(view, local);
      if (view.running && !timer) timer = setInterval(tick, TICK_MS);
      if (!view.running && timer) {
        clearInterval(timer);
        timer = 0;
      }
    },
  };
}

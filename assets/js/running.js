/** The turn in flight, on the stage: drafts dimmed in their frames, thoughts, waits. */

import { blobUrl, h, icon, keyed, setAttr, setLocal, setText, state } from "./core.js";

const TICK_MS = 500;
export const DRAFT_DELAY_MS = 150; // a draft that its result overtakes is not worth decoding
const USUAL_RATIO = 1408 / 768; // what 3.x models choose when they are left to

/** @param {number} ms @returns {string} "12 s" or "1 min 05 s" */
function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/** @param {any} running RunningView @returns {string} "12 s · usually 22 s" */
export function elapsedText(running) {
  const elapsed = duration(Date.now() - running.started_ms);
  return running.usual_s ? `${elapsed} · usually ${duration(Math.round(running.usual_s) * 1000)}` : elapsed;
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

function noteOf(variant, many) {
  if (variant.retry) return `Trying again in ${duration(variant.retry.until_ms - Date.now())}`;
  if (variant.queued_until_ms) return `Waiting its turn, ${duration(variant.queued_until_ms - Date.now())}`;
  if (variant.ended) return "No picture";
  if (variant.drafts.length > 0) return `Draft ${variant.drafts.length}`;
  return many ? `Image ${variant.variant}` : "";
}

function ratioOf(view) {
  const asked = view.running.aspect_ratio?.split(":").map(Number);
  if (asked?.length === 2) return asked[0] / asked[1];
  const tip = view.versions.find((version) => version.number === view.tip);
  return tip ? tip.width_px / tip.height_px : USUAL_RATIO;
}

function createTile() {
  const picture = h("img", {
    class: "draft",
    alt: "Draft, not the result",
    hidden: true,
    onerror: () => setAttr(picture, "hidden", true),
  });
  const note = h("span", { class: "note num" });
  const tile = h("div", { class: "tile" }, picture, note);
  return Object.assign(h("div", { class: "frame-cell" }, tile), { tile, picture, note });
}

function showDraft(node, sha256) {
  if (node.newest !== sha256) return;
  setAttr(node.picture, "src", sha256 ? blobUrl(sha256) : null);
  node.picture.hidden = !sha256;
}

function updateTile(node, variant, { ratio, many }) {
  const newest = variant.drafts.at(-1);
  node.tile.style.setProperty("--ratio", String(ratio));
  if (node.newest !== newest) {
    node.newest = newest;
    if (newest) setTimeout(showDraft, DRAFT_DELAY_MS, node, newest);
    else showDraft(node, newest);
  }
  const note = noteOf(variant, many);
  setText(node.note, note);
  node.note.hidden = !note;
}

function createThoughts() {
  const text = h("p", { class: "words", tabindex: "0", role: "region", "aria-label": "The model's thoughts" });
  const root = h("div", { class: "thoughts", hidden: true }, h("span", { class: "hint" }, "Thinking"), text);
  const render = (thoughts) => {
    root.hidden = !thoughts;
    if (text.textContent === thoughts) return;
    const atEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 24;
    setText(text, thoughts);
    if (atEnd) text.scrollTop = text.scrollHeight;
  };
  return { root, render };
}

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
    if (!root.hidden) setText(text, `Working ${elapsedText(running)}`);
  };
  return { root, render };
}

/** @param {() => void} onTick runs twice a second while a turn runs */
export function createRunning(onTick) {
  const cells = h("div", { class: "frames" });
  const thoughts = createThoughts();
  const root = h("div", { class: "running", hidden: true }, cells, thoughts.root);
  const back = createBack();
  let timer = 0;

  const paint = (view, local) => {
    const { running } = view;
    const shows = showsRun(view, local);
    const variants = running ? variantsOf(running) : [];
    const drafted = variants.some((variant) => variant.drafts.length > 0);
    const tiles = shows && (variants.length > 1 || view.tip === null || drafted);
    root.hidden = !shows;
    cells.hidden = !tiles;
    back.render(running, local);
    if (!shows) return;
    const many = variants.length > 1;
    const ratio = ratioOf(view);
    cells.dataset.count = String(variants.length);
    keyed(
      cells,
      variants,
      (variant) => variant.variant,
      createTile,
      (node, variant) => updateTile(node, variant, { ratio, many }),
    );
    thoughts.render(
      variants
        .map((variant) => variant.thoughts)
        .filter(Boolean)
        .join("\n\n"),
    );
  };
  const tick = () => {
    paint(state.view, state.local);
    onTick();
  };
  return {
    root,
    back: back.root,
    /** @returns {boolean} whether drafts cover the picture */
    render({ view, local }) {
      paint(view, local);
      if (view.running && !timer) timer = setInterval(tick, TICK_MS);
      if (!view.running && timer) {
        clearInterval(timer);
        timer = 0;
      }
      return !root.hidden && !cells.hidden;
    },
  };
}

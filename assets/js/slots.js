/** The slots of the tray: one per reference, then "Add", then empty places up to the most a prompt takes. */

import Sortable from "../vendor/sortable.esm.js";
import { h, icon, keyed, setAttr, setLocal, setText, state, thumbUrl } from "./core.js";
import { draft } from "./draft.js";
import { drop, move, reorder } from "./tray.js";
import { ACCEPT } from "./uploads.js";

const KEYS = "Alt+ArrowLeft Alt+ArrowRight Delete";
/** Where Alt and a key send a slot: (index, last) → index. */
const MOVES = {
  ArrowLeft: (index) => index - 1,
  ArrowUp: (index) => index - 1,
  ArrowRight: (index) => index + 1,
  ArrowDown: (index) => index + 1,
  Home: () => 0,
  End: (index, last) => last,
};

/* ---- one slot ----------------------------------------------------------------------------------------------- */

function createFull({ key }) {
  const picture = h("img", { alt: "", draggable: "false", hidden: true });
  const remove = h(
    "button",
    {
      type: "button",
      class: "remove",
      tabindex: "-1",
      onclick: (event) => {
        event.stopPropagation();
        drop(key);
      },
    },
    icon("x", 12),
  );
  return h(
    "div",
    {
      class: "slot full",
      role: "listitem",
      tabindex: "0",
      dataset: { key },
      "aria-keyshortcuts": KEYS,
      onclick: () => setLocal({ slot: key }),
      onfocus: () => setLocal({ slot: key }),
    },
    picture,
    h("b", { class: "num" }),
    h("span", { class: "pinned", "aria-hidden": "true" }, icon("pin", 12)),
    h("small", null, h("span"), h("em")),
    h("i", { class: "going", "aria-hidden": "true" }),
    remove,
    h("span", { class: "change touch-only", "aria-hidden": "true" }, icon("pencil", 12)),
  );
}

/** @returns {[string, string]} what may be cut short, and what may not */
function caption({ name, role, problem, upload }) {
  if (problem) return [problem.replace(`${name}: `, ""), ""];
  if (upload) return [`${Math.round(upload.share * 100)} %`, ""];
  return role === "other" ? [name, ""] : [name.replace(/\.[a-z]{3,4}$/i, ""), ` · ${role}`];
}

function spoken(item, number) {
  const { name, role, pinned, upload, problem } = item;
  if (problem) return problem;
  const more = upload ? "uploading" : [role === "other" ? "" : role, pinned ? "pinned" : ""].filter(Boolean).join(", ");
  return [`Image ${number}`, name, more].filter(Boolean).join(", ");
}

function updateFull(node, { item, number }) {
  const [picture, badge, , words, going, remove] = node.children;
  const stored = Boolean(item.sha256);
  setAttr(node, "data-reference", stored ? item.key : null);
  setAttr(node, "data-number", stored ? number : null);
  setAttr(node, "data-sha256", item.sha256);
  setAttr(node, "data-state", item.problem ? "failed" : item.upload ? "going" : null);
  setAttr(node, "data-pinned", item.pinned);
  setAttr(node, "data-selected", state.local.slot === item.key);
  setAttr(node, "aria-label", spoken(item, number));
  setAttr(node, "title", item.problem ?? item.name);
  if (stored && picture.hidden) {
    picture.src = thumbUrl(item.sha256, 256);
    picture.hidden = false;
  }
  setText(badge, item.problem ? "!" : String(number));
  const [cut, whole] = caption(item);
  setText(words.firstElementChild, cut);
  setText(words.lastElementChild, whole);
  going.style.transform = `scaleX(${item.upload ? item.upload.share.toFixed(3) : 0})`;
  setAttr(remove, "aria-label", `Remove ${item.name}`);
}

/* ---- the grid ----------------------------------------------------------------------------------------------- */

function createAdd(onFiles) {
  const input = h("input", {
    id: "reference-upload",
    type: "file",
    multiple: true,
    accept: ACCEPT,
    class: "file",
    tabindex: "-1",
    "aria-label": "Add reference images",
    onchange: () => {
      onFiles(Array.from(input.files));
      input.value = "";
    },
  });
  const button = h("button", { type: "button", class: "slot add", onclick: () => input.click() }, icon("plus"), "Add");
  return { input, button: h("div", { role: "listitem", class: "cell" }, button) };
}

/** The references with their numbers; one that failed has none. */
function numbered(references) {
  let number = 0;
  return references.map((item) => ({ kind: "full", key: item.key, item, number: item.problem ? 0 : (number += 1) }));
}

function cells(references) {
  const full = numbered(references);
  const free = Math.max(0, state.boot.max_references - full.length);
  const empty = Array.from({ length: Math.max(0, free - 1) }, (_, index) => ({ kind: "empty", key: `empty-${index}` }));
  return [...full, ...(free > 0 ? [{ kind: "add", key: "add" }] : []), ...empty];
}

function onKey(event) {
  const slot = event.target;
  if (!slot.matches(".slot.full") || event.ctrlKey || event.metaKey) return;
  const target = MOVES[event.key];
  const removes = event.key === "Delete" || event.key === "Backspace";
  if (!target && !removes) return;
  event.preventDefault();
  event.stopPropagation();
  if (removes) removeSlot(slot);
  else if (event.altKey) {
    move(slot.dataset.key, target);
    refocus(slot.parentElement, slot.dataset.key);
  } else focusAt(slot.parentElement, target, slot);
}

/** The focus goes to what takes the slot's place. */
function removeSlot(slot) {
  const next = slot.nextElementSibling ?? slot.previousElementSibling;
  drop(slot.dataset.key);
  (next?.querySelector("button.add") ?? next)?.focus();
}

/** A moved element loses its focus: it gets it back once the new order stands. */
function refocus(grid, key) {
  requestAnimationFrame(() => grid.querySelector(`[data-key="${key}"]`)?.focus());
}

function focusAt(grid, target, slot) {
  const slots = Array.from(grid.querySelectorAll(".slot.full"));
  const index = target(slots.indexOf(slot), slots.length - 1);
  slots[Math.min(Math.max(index, 0), slots.length - 1)].focus();
}

function sortable(grid, onStart, onEnd) {
  return Sortable.create(grid, {
    draggable: ".slot.full",
    filter: ".remove",
    preventOnFilter: false,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    delay: 160,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    fallbackOnBody: true,
    chosenClass: "chosen",
    ghostClass: "ghost",
    onStart,
    onEnd,
  });
}

/** @param {(files: File[]) => void} onFiles */
export function buildSlots(onFiles) {
  const grid = h("div", { class: "grid", role: "list", "aria-label": "References", onkeydown: onKey });
  const { input, button } = createAdd(onFiles);
  let dragging = false;
  sortable(
    grid,
    () => {
      dragging = true;
    },
    () => {
      dragging = false;
      reorder(Array.from(grid.querySelectorAll(".slot.full"), (slot) => slot.dataset.key));
    },
  );

  function create({ kind, item }) {
    if (kind === "full") return createFull(item);
    return kind === "add" ? button : h("span", { class: "slot empty", "aria-hidden": "true" });
  }

  function render() {
    if (dragging) return; // the pointer holds the order until it lets go
    keyed(
      grid,
      cells(draft().references),
      (cell) => cell.key,
      create,
      (node, cell) => {
        if (cell.kind === "full") updateFull(node, cell);
      },
    );
  }
  return { element: h("div", { id: "references" }, input, grid), render };
}

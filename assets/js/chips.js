/** The composer's small things: the references as chips, the settings in force as pills that open their control. */

import { h, icon, keyed, setAttr, setLocal, setText, thumbUrl } from "./core.js";
import { draft, draftModel, readyReferences, removeReference } from "./draft.js";
import { ratioShape } from "./ratio.js";
import { showTab } from "./tabs.js";

/** More than these are shown without their names, so that all fit. */
const NAMED_CHIPS = 6;

/** Shows a panel and focuses one of its controls, once it is displayed. */
export function openControl(tab, selector) {
  showTab(tab);
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const control = document.querySelector(selector);
      const target = control?.matches("[role=radiogroup]") ? control.querySelector("[tabindex='0']") : control;
      target?.focus();
      target?.scrollIntoView({ block: "nearest" });
    }),
  );
}

/* ---- references --------------------------------------------------------------------------------------------- */

function createChip({ key, sha256 }) {
  const open = h(
    "button",
    {
      type: "button",
      class: "open",
      onclick: () => {
        setLocal({ slot: key });
        openControl("references", `[data-key="${key}"]`);
      },
    },
    h("img", { src: thumbUrl(sha256, 128), alt: "", draggable: "false" }),
    h("b"),
    h("span", { class: "name" }),
  );
  const remove = h("button", { type: "button", class: "remove", onclick: () => removeReference(key) }, icon("x", 12));
  return h("span", { class: "chip", role: "listitem" }, open, remove);
}

function updateChip(node, { name, role }, index, readOnly) {
  setText(node.querySelector("b"), String(index + 1));
  setText(node.querySelector(".name"), role === "other" ? name : `${name} · ${role}`);
  setAttr(node, "title", name);
  const remove = node.querySelector(".remove");
  setAttr(remove, "aria-label", `Remove image ${index + 1}, ${name}`);
  remove.disabled = readOnly;
}

export function buildChips() {
  const element = h("div", { class: "chips", role: "list", "aria-label": "References of this prompt", hidden: true });
  function render({ view: { read_only: readOnly } }) {
    const references = readyReferences();
    element.hidden = references.length === 0;
    setAttr(element, "data-many", references.length > NAMED_CHIPS);
    const update = (node, reference, index) => updateChip(node, reference, index, readOnly);
    keyed(element, references, (reference) => reference.key, createChip, update);
  }
  return { element, render };
}

/* ---- settings ----------------------------------------------------------------------------------------------- */

/** One pill per setting that the model honours: [what, its control, what it shows, what it is]. */
function pillsOf({ settings }, model) {
  const { aspect_ratio: ratio, image_size: size, variants, search } = settings;
  const images = variants === 1 ? "1 image" : `${variants} images`;
  return [
    ["model", "#model", () => [model.short_name], `Model: ${model.name}`],
    [
      "ratio",
      "#aspect-ratio",
      () => [ratioShape(ratio, 0.7), ratio ?? "auto"],
      `Aspect ratio: ${ratio ?? "the model’s choice"}`,
    ],
    model.sized && size ? ["size", "#image-size", () => [size], `Size: ${size}`] : null,
    ["variants", "#variants", () => [images], `${images}, each a paid request`],
    search && model.search ? ["search", "#search", () => [icon("globe", 14), "Search"], "Google Search is on"] : null,
  ].filter(Boolean);
}

function createPill([name, control]) {
  return h("button", {
    type: "button",
    class: "pill",
    dataset: { pill: name },
    onclick: () => openControl("create", control),
  });
}

function updatePill(node, [, , content, title]) {
  if (node.title === title) return;
  node.title = title;
  node.replaceChildren(...content());
}

export function buildPills() {
  const add = h(
    "button",
    {
      type: "button",
      class: "pill attach",
      "aria-label": "Add reference images",
      title: "Add reference images",
      onclick: () => document.getElementById("reference-upload")?.click(),
    },
    icon("image-plus"),
  );
  const list = h("span", { class: "pills" });
  function render({ view }) {
    const current = draft();
    add.disabled = view.read_only;
    keyed(list, pillsOf(current, draftModel()), ([name]) => name, createPill, updatePill);
    const single = current.settings.variants === 1;
    setAttr(list.querySelector("[data-pill=variants]"), "data-plain", single);
  }
  return { element: h("span", { class: "pills" }, add, list), render };
}

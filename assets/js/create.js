/** The Create panel: the model and only those settings that it honours. */

import { h, icon, keyed, place, setAttr, setText, state, toast } from "./core.js";
import { radioGroup, toggle } from "./choice.js";
import { chooseModel, draft, draftModel, patchSettings } from "./draft.js";
import { MAX_VARIANTS, pixelsText, sizeOf } from "./models.js";
import { ratioShape } from "./ratio.js";
import { buildStructured } from "./structured.js";

const LEVELS = { minimal: "Minimal", low: "Low", medium: "Medium", high: "High" };

/** A labelled group: its name on the left, a quiet note on the right. */
function group(label, ...children) {
  const note = h("em", { class: "num" });
  const element = h("div", { class: "f" }, h("div", { class: "label" }, h("b", null, label), note), children);
  return { element, note };
}

/* ---- model -------------------------------------------------------------------------------------------------- */

const OTHER = "…";
const MODEL_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/; // as studio/image_models.py takes it

function modelOptions(boot, chosen) {
  const listed = boot.models.some((model) => model.id === chosen.id);
  const other = { id: OTHER, label: "Another model, by its id…" };
  return [...boot.models, ...(listed ? [] : [chosen]), other];
}

/** A line for the id of a model that the catalogue does not list yet. */
function buildModelId({ onChosen, onLeft }) {
  const input = h("input", {
    id: "model-id",
    class: "in",
    type: "text",
    "aria-label": "Model id",
    placeholder: "Model id, as in Google’s list",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "80",
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault(); // Ctrl+Enter takes the id; it does not send as well
      event.stopPropagation();
      if (event.key === "Enter") take();
      else onChosen(null);
    },
  });
  const use = h("button", { type: "button", class: "btn", onclick: () => take() }, "Use");
  use.addEventListener("pointerdown", (event) => event.preventDefault()); // the line keeps the focus, so it stays open
  const problem = h("p", { class: "hint bad", role: "alert", hidden: true }, "An id has letters, digits, dots and dashes.");
  const element = h("div", { class: "model-id", hidden: true }, h("div", { class: "row" }, input, use), problem);

  function take() {
    const id = input.value.trim();
    problem.hidden = MODEL_ID.test(id);
    if (problem.hidden) onChosen(id);
  }
  function open(wanted) {
    element.hidden = !wanted;
    problem.hidden = true;
    if (wanted) input.focus();
    else input.value = "";
  }
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (!element.contains(relatedTarget)) onLeft();
  });
  return { element, open };
}

function buildModel() {
  const select = h("select", { id: "model", class: "in", "aria-label": "Model", onchange: picked });
  const other = buildModelId({ onChosen: chosen, onLeft: left });
  const notice = h("p", { class: "hint warn", hidden: true });
  const menu = h("div", { class: "select" }, select, icon("chevron-down"));
  const { element, note } = group("Model", menu, other.element, notice);

  function picked() {
    const asks = select.value === OTHER;
    other.open(asks);
    if (!asks) chooseModel(select.value);
  }
  function left() {
    other.open(false);
    select.value = draftModel().id;
  }
  function chosen(id) {
    other.open(false);
    const { aliases } = state.boot;
    const current = id && Object.hasOwn(aliases, id) ? aliases[id] : id;
    if (current) chooseModel(current);
    if (current !== id) toast({ sentence: `${id} was retired; ${draftModel().name} is used instead.` });
    select.value = draftModel().id;
    select.focus();
  }

  function render({ boot }) {
    const model = draftModel();
    const text = ({ label, name, strength, may_stop: mayStop }) =>
      label ?? `${name} — ${mayStop ? "may stop answering" : strength}`;
    keyed(
      select,
      modelOptions(boot, model),
      (option) => option.id,
      (option) => h("option", { value: option.id }, text(option)),
    );
    if (other.element.hidden && select.value !== model.id) select.value = model.id;
    setText(note, boot.prices_date ? `prices of ${boot.prices_date}` : "");
    notice.hidden = !model.notice;
    setText(notice, model.notice ?? "");
  }
  return { element, render };
}

/* ---- ratio and size ----------------------------------------------------------------------------------------- */

function buildRatio() {
  const radios = radioGroup({
    id: "aspect-ratio",
    label: "Aspect ratio",
    className: "ratios",
    onPick: (value) => patchSettings({ aspect_ratio: value || null }),
  });
  const { element, note } = group("Aspect ratio", radios.element);
  const option = (ratio) => ({
    value: ratio ?? "",
    content: () => [h("span", { class: "shape" }, ratioShape(ratio)), ratio ?? "auto"],
  });

  function render() {
    const model = draftModel();
    radios.update([null, ...model.ratios].map(option), draft().settings.aspect_ratio ?? "");
    setText(note, model.sized ? "" : pixelsText(model, draft().settings)); // beside the sizes, where there are some
    element.hidden = model.ratios.length === 0;
  }
  return { element, render };
}

function buildSize() {
  const radios = radioGroup({
    id: "image-size",
    label: "Size",
    className: "seg num tall",
    onPick: (value) => patchSettings({ image_size: value }),
  });
  const advice = h("p", { class: "hint" });
  const { element, note } = group("Size", radios.element, advice);
  const option = ({ id, price }) => ({
    value: id,
    signature: `${id} ${price}`,
    content: () => [h("span", null, id), h("small", null, price)],
  });

  function render() {
    const model = draftModel();
    const { settings } = draft();
    setText(note, pixelsText(model, settings));
    radios.update(model.sized ? model.sizes.map(option) : [], settings.image_size ?? "");
    setText(advice, sizeOf(model, settings)?.advice ?? "");
    element.hidden = !model.sized;
  }
  return { element, render };
}

/* ---- images, thinking, search ------------------------------------------------------------------------------- */

function buildVariants() {
  const radios = radioGroup({
    id: "variants",
    label: "Images",
    className: "seg num",
    onPick: (value) => patchSettings({ variants: Number(value) }),
  });
  const { element, note } = group("Images", radios.element);
  setText(note, "each is a paid request");
  const options = Array.from({ length: MAX_VARIANTS }, (_, index) => ({
    value: String(index + 1),
    content: () => String(index + 1),
  }));
  return { element, render: () => radios.update(options, String(draft().settings.variants)) };
}

function buildThinking() {
  const radios = radioGroup({
    id: "thinking",
    label: "Thinking",
    className: "seg",
    onPick: (value) => patchSettings({ thinking_level: value }),
  });
  const { element, note } = group("Thinking", radios.element);
  setText(note, "more is slower and costs more");
  const option = (level) => ({ value: level, content: () => LEVELS[level] ?? level });

  function render() {
    const { levels } = draftModel();
    setAttr(radios.element, "hidden", levels.length === 0);
    element.hidden = levels.length === 0;
    radios.update(levels.map(option), draft().settings.thinking_level ?? "");
  }
  return { element, render };
}

function buildShowThinking() {
  const { element, update } = toggle({
    id: "show-thinking",
    label: "Show thinking",
    note: "Stream drafts while you wait",
    onChange: (on) => patchSettings({ show_thinking: on }),
  });
  return { element, render: () => update(draft().settings.show_thinking, draftModel().thinks) };
}

function buildSearch() {
  const { element, update } = toggle({
    id: "search",
    label: "Google Search",
    note: "Ground facts; sources shown",
    onChange: (on) => patchSettings({ search: on }),
  });
  return { element, render: () => update(draft().settings.search, draftModel().search) };
}

/* ---- the panel ---------------------------------------------------------------------------------------------- */

function build(element) {
  const parts = [
    buildModel(),
    buildRatio(),
    buildSize(),
    buildVariants(),
    buildThinking(),
    buildShowThinking(),
    buildSearch(),
    buildStructured(),
  ];
  element.append(
    h(
      "section",
      { id: "panel-create", class: "panel", role: "tabpanel", "aria-labelledby": "tab-create" },
      parts.map((part) => part.element),
    ),
  );
  return (s) => {
    element.querySelector(".panel").inert = s.view.read_only; // whose controls would write
    if (draft()) parts.forEach((part) => part.render(s));
  };
}

place("create", build);

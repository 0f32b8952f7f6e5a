/** The Edit panel: begin from an own picture; presets that fill in the instruction. */

import { h, icon, keyed, place, setAttr, setLocal, setText, state, toast } from "./core.js";
import { radioGroup } from "./choice.js";
import { focusPrompt } from "./composer.js";
import { draft, patchDraft, readyReferences } from "./draft.js";
import { closePanels, showTab } from "./tabs.js";
import { ACCEPT, uploadAndBegin } from "./uploads.js";

/** What is left for the user to fill in: the place between two quotes. */
const BLANK = '""';

/* ---- begin from an own picture ------------------------------------------------------------------------------ */

function buildBegin() {
  const input = h("input", {
    id: "begin-upload",
    type: "file",
    accept: ACCEPT,
    class: "file",
    tabindex: "-1",
    "aria-label": "Begin from a picture",
    onchange: () => {
      const [file] = input.files;
      input.value = "";
      if (file) uploadAndBegin(file);
    },
  });
  const words = h("span");
  const button = h(
    "button",
    { type: "button", class: "beginzone", dataset: { drop: "begin" }, onclick: () => input.click() },
    icon("upload"),
    words,
  );

  function render({ view, local: { beginning } }) {
    button.disabled = view.read_only || Boolean(beginning);
    const share = beginning && Math.round(beginning.share * 100);
    setText(words, beginning ? `${beginning.name} · ${share} %` : "Drop your own picture to start from it");
  }
  return { element: h("div", null, input, button), render };
}

/* ---- presets ------------------------------------------------------------------------------------------------ */

const FOLLOWED = "retake.followed";

/** The digest of the reference that was chosen for presets; kept over a reload, as the tray is. */
function followedDigest() {
  try {
    return state.local.followed ?? sessionStorage.getItem(FOLLOWED);
  } catch {
    return null; // storage switched off: the choice lasts as long as the page
  }
}

function follow(sha256) {
  setLocal({ followed: sha256 });
  try {
    sessionStorage.setItem(FOLLOWED, sha256);
  } catch {
    // as above
  }
}

/**
 * The reference a preset speaks of: the one chosen, else the first that gives a style, else the first.
 * @returns {number} 0 where there is none
 */
function referenceNumber() {
  const references = readyReferences();
  const chosen = references.findIndex((reference) => reference.sha256 === followedDigest());
  if (chosen >= 0) return chosen + 1;
  const style = references.findIndex((reference) => reference.role === "style");
  return style >= 0 ? style + 1 : Math.min(references.length, 1);
}

const filled = (preset, number) => preset.instruction.replaceAll("{n}", String(number));

/** Whether the box holds nothing, or one preset as it was filled in. */
function replaceable(text) {
  const presets = state.boot.presets.flatMap((group) => group.presets);
  const written = text.trim();
  return (
    written === "" ||
    presets.some((preset) => {
      const [before, ...after] = preset.instruction.split("{n}");
      if (after.length === 0) return written === before.trim();
      const number = /^\d+/.exec(written.slice(before.length))?.[0] ?? "";
      return number !== "" && written === filled(preset, number);
    })
  );
}

function appended(text, instruction) {
  const written = text.trimEnd();
  return /[.!?…]$/.test(written) ? `${written} ${instruction}` : `${written}. ${instruction}`;
}

function fill(preset) {
  const number = referenceNumber();
  if (preset.needs_reference && number === 0) {
    toast({ sentence: `“${preset.label}” follows a reference. Add one, then choose it again.`, tone: "warn" });
    showTab("references");
    return;
  }
  const { text } = draft();
  const instruction = filled(preset, number);
  const next = replaceable(text) ? instruction : appended(text, instruction);
  patchDraft({ text: next });
  closePanels();
  const blank = instruction.indexOf(BLANK);
  const caret = next.length - instruction.length + blank + 1;
  focusPrompt(blank < 0 ? undefined : [caret, caret]);
}

/** Which reference the presets that follow one speak of; a choice only where there are several. */
function buildFollowed() {
  const radios = radioGroup({
    id: "followed",
    label: "The reference that presets follow",
    className: "seg num",
    onPick: (number) => follow(readyReferences()[Number(number) - 1].sha256),
  });
  const element = h("div", { class: "follow" }, h("span", { class: "hint" }, "Follow image"), radios.element);

  /** @param {Element | undefined} group the first with such presets: the choice stands above its title */
  function render(group) {
    const references = readyReferences();
    element.hidden = references.length < 2;
    if (group && group.firstElementChild !== element) group.prepend(element);
    const options = references.map(({ name }, index) => ({
      value: String(index + 1),
      title: name,
      content: () => String(index + 1),
    }));
    radios.update(options, String(referenceNumber()));
  }
  return { element, render };
}

function matches(preset, wanted) {
  const words = `${preset.label} ${preset.words} ${preset.instruction}`.toLowerCase();
  return wanted.every((word) => words.includes(word));
}

function groupsFor(wanted) {
  return state.boot.presets
    .map(({ title, presets }) => ({ title, presets: presets.filter((preset) => matches(preset, wanted)) }))
    .filter(({ presets }) => presets.length > 0);
}

function createPreset(preset) {
  return h("button", { type: "button", class: "preset", onclick: () => fill(preset) });
}

function updatePreset(node, preset) {
  const number = referenceNumber();
  setText(node, preset.needs_reference && number ? preset.label.replace("an image", `image ${number}`) : preset.label);
  setAttr(node, "title", filled(preset, number || 1));
}

function createGroup({ title }) {
  const id = `presets-${title.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  return h(
    "div",
    { class: "f", role: "group", "aria-labelledby": id },
    h("div", { class: "label" }, h("b", { id }, title)),
    h("div", { class: "presets" }),
  );
}

function buildPresets() {
  const followed = buildFollowed();
  const list = h("div", { class: "panel" });
  const none = h(
    "p",
    { class: "hint", hidden: true },
    "No preset says that. Type it in the prompt: any change can be asked for in words.",
  );
  const search = h("input", {
    id: "preset-search",
    type: "search",
    class: "in",
    placeholder: "Search presets",
    "aria-label": "Search presets",
    autocomplete: "off",
    oninput: () => render(),
  });

  function render() {
    const groups = groupsFor(search.value.toLowerCase().split(/\s+/).filter(Boolean));
    none.hidden = groups.length > 0;
    keyed(
      list,
      groups,
      (group) => group.title,
      createGroup,
      (node, group) => {
        keyed(node.lastElementChild, group.presets, (preset) => preset.id, createPreset, updatePreset);
        node.follows = group.presets.some((preset) => preset.needs_reference);
      },
    );
    followed.render(Array.from(list.children).find((node) => node.follows));
  }
  const field = h("div", { class: "searchbox" }, icon("search"), search);
  return { element: h("div", { class: "panel" }, field, none, list), render };
}

function build(element) {
  const parts = [buildBegin(), buildPresets()];
  element.append(
    h(
      "section",
      { id: "panel-edit", class: "panel", role: "tabpanel", "aria-labelledby": "tab-edit" },
      parts.map((part) => part.element),
    ),
  );
  return (s) => {
    element.querySelector(".panel").inert = s.view.read_only; // whose controls would write
    if (draft()) parts.forEach((part) => part.render(s));
  };
}

place("edit", build);

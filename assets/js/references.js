/** The References panel: the tray, what the model keeps apart, the versions and the pictures used before. */

import { h, icon, keyed, place, setAttr, setLocal, setText, state, thumbUrl } from "./core.js";
import { draft, draftModel } from "./draft.js";
import { buildCard } from "./slotcard.js";
import { buildSlots } from "./slots.js";
import { addFiles, addStored, addVersionAsReference, countedReferences, dropAll } from "./tray.js";

export { addVersionAsReference } from "./tray.js";

const KINDS = { object: "Objects", person: "People", style: "Style" };

/* ---- the count and its tools -------------------------------------------------------------------------------- */

function buildHead() {
  const count = h("b", { class: "num" });
  const versions = h(
    "button",
    {
      type: "button",
      class: "act",
      "aria-expanded": "false",
      "aria-controls": "reference-versions",
      onclick: () => setLocal({ fromVersions: !state.local.fromVersions }),
    },
    icon("layers", 14),
    "From versions",
  );
  const clear = h("button", { type: "button", class: "act", onclick: dropAll }, "Remove all");
  const element = h("div", { class: "trayhead" }, count, h("span", { class: "grow" }), versions, clear);

  function render({ view, boot, local }) {
    const used = countedReferences().length;
    setText(count, `${used} of ${boot.max_references}`);
    setAttr(count, "data-over", used > draftModel().reference_total);
    versions.hidden = view.versions.length === 0;
    setAttr(versions, "aria-expanded", String(Boolean(local.fromVersions)));
    clear.hidden = draft().references.length === 0;
  }
  return { element, render };
}

/* ---- pictures already here ---------------------------------------------------------------------------------- */

function thumbButton({ sha256, name }, onclick) {
  const picture = h("img", { src: thumbUrl(sha256, 128), alt: "", loading: "lazy", draggable: "false" });
  const words = h("span", { class: "visually-hidden" }, `Use ${name}`);
  return h("button", { type: "button", class: "mini", title: `Use ${name}`, onclick }, picture, words);
}

function buildVersions() {
  const element = h("div", {
    id: "reference-versions",
    class: "minis",
    role: "group",
    "aria-label": "Versions to use as reference",
    hidden: true,
  });
  const create = (version) => {
    const button = thumbButton({ ...version, name: version.label }, () => addVersionAsReference(version));
    button.append(h("b", { class: "num", "aria-hidden": "true" }, String(version.number)));
    return button;
  };
  function render({ view, local }) {
    element.hidden = !local.fromVersions || view.versions.length === 0;
    if (!element.hidden) keyed(element, view.versions, ({ number, sha256 }) => `${number} ${sha256}`, create);
  }
  return { element, render };
}

function buildUsed() {
  const row = h("div", { class: "minis" });
  const element = h(
    "div",
    { class: "f", role: "group", "aria-labelledby": "used-label", hidden: true },
    h(
      "div",
      { class: "label" },
      h("b", { id: "used-label" }, "Used in this conversation"),
      h("em", null, "click to use again"),
    ),
    row,
  );
  function render({ view }) {
    element.hidden = view.used_references.length === 0;
    keyed(
      row,
      view.used_references,
      ({ sha256 }) => sha256,
      (reference) => thumbButton(reference, () => addStored(reference)),
    );
  }
  return { element, render };
}

/* ---- what intake did ---------------------------------------------------------------------------------------- */

/** The notes of the pictures in the tray, each said once, with the numbers it is true of. */
function notesOf(references) {
  const numbers = new Map();
  references.forEach(({ notes = [] }, index) => {
    for (const note of notes) numbers.set(note, [...(numbers.get(note) ?? []), index + 1]);
  });
  const sentences = state.boot.intake_notes;
  const said = Array.from(numbers).filter(([note]) => sentences[note]);
  return said.map(([note, where]) => `${named(where, references.length)}: ${sentences[note]}`);
}

function named(where, count) {
  if (where.length === 1) return `Image ${where[0]}`;
  return where.length === count ? "All images" : `Images ${where.join(", ")}`;
}

function buildNotes() {
  const element = h("ul", { class: "traynotes", hidden: true });
  function render() {
    const notes = notesOf(countedReferences());
    element.hidden = notes.length === 0;
    keyed(
      element,
      notes,
      (note) => note,
      (note) => h("li", { class: "hint num" }, note),
    );
  }
  return { element, render };
}

/* ---- what the model keeps apart ----------------------------------------------------------------------------- */

function limitRows(model) {
  const references = countedReferences();
  const rows = Object.entries(model.limits).map(([role, most]) => {
    const used = references.filter((reference) => reference.role === role).length;
    return { label: KINDS[role] ?? role, used, most };
  });
  // A picture comes without a role, and the request then names none: it counts in no kind, and the table says so.
  const counted = references.filter(({ role }) => role in model.limits).length;
  const free = { label: "Other", used: references.length - counted, most: Infinity };
  const all = { label: "In all", used: references.length, most: model.reference_total };
  return rows.length > 0 ? [...rows, free, all] : [all];
}

function buildLimits() {
  const body = h("tbody");
  const element = h(
    "table",
    { class: "limits num" },
    h("thead", null, h("tr", null, h("th", { scope: "col" }, "This model keeps"), h("th", { scope: "col" }, "used"))),
    body,
  );
  const warning = h("p", { class: "hint warn", hidden: true });
  const create = ({ label }) => h("tr", null, h("td", null, label), h("td"));

  function render() {
    const model = draftModel();
    const rows = limitRows(model);
    keyed(
      body,
      rows,
      (row) => row.label,
      create,
      (node, { used, most }) => {
        setText(node.lastElementChild, most === Infinity ? String(used) : `${used} of ${most}`);
        setAttr(node, "data-over", used > most);
      },
    );
    const over = rows.find((row) => row.used > row.most);
    warning.hidden = !over;
    setText(
      warning,
      over ? `More than ${model.name} keeps apart well. It can be sent; some pictures may blend together.` : "",
    );
  }
  return { element: h("div", null, element, warning), render };
}

/* ---- the panel ---------------------------------------------------------------------------------------------- */

function build(element) {
  const news = h("p", { class: "visually-hidden", "aria-live": "polite" });
  const parts = [
    buildHead(),
    buildSlots(addFiles),
    buildCard(),
    buildNotes(),
    buildVersions(),
    buildLimits(),
    buildUsed(),
  ];
  const [head, slots, card, notes, versions, limits, used] = parts.map((part) => part.element);
  element.append(
    h(
      "section",
      { id: "panel-references", class: "panel", role: "tabpanel", "aria-labelledby": "tab-references" },
      h(
        "p",
        { class: "hint" },
        "Add up to 14. They are sent in this order; say “image 2” and it means image 2.",
        h("span", { class: "touch-only" }, " Tap one for its name, role, order and removal."),
      ),
      head,
      versions,
      slots,
      card,
      notes,
      limits,
      used,
      h("p", { class: "hint" }, "Location and camera data are removed before sending; the pixels are not touched."),
      news,
    ),
  );
  return (s) => {
    element.querySelector(".panel").inert = s.view.read_only; // whose controls would write
    if (!draft()) return;
    parts.forEach((part) => part.render(s));
    setText(news, s.local.trayNews ?? "");
  };
}

place("references", build);

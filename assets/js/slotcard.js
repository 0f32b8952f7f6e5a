/** What is known of the selected reference, and what can be changed about it. */

import { h, icon, setAttr, setLocal, setText, state } from "./core.js";
import { draft, patchReference } from "./draft.js";
import { countedReferences, drop, move, rename } from "./tray.js";
import { sizeText } from "./uploads.js";

const ROLES = [
  ["other", "Any role"],
  ["object", "Object"],
  ["person", "Person"],
  ["style", "Style"],
];

function facts({ width_px: width, height_px: height, size_bytes: sizeBytes }) {
  return width ? `${width} × ${height} px, ${sizeText(sizeBytes)}` : "";
}

function tool(name, label, onclick) {
  return h("button", { type: "button", class: "ib", "aria-label": label, title: label, onclick }, icon(name, 16));
}

function selected() {
  return draft().references.find((reference) => reference.key === state.local.slot && reference.sha256) ?? null;
}

/** The name and the role, to be changed in place. */
function buildFields() {
  const name = h("input", {
    class: "in",
    id: "reference-name",
    "aria-label": "Name",
    maxlength: "80",
    autocomplete: "off",
    onchange: () => rename(state.local.slot, name.value),
    onkeydown: (event) => event.key === "Enter" && name.blur(),
  });
  const role = h(
    "select",
    { class: "in", id: "reference-role", "aria-label": "Role" },
    ROLES.map(([value, label]) => h("option", { value }, label)),
  );
  role.addEventListener("change", () => patchReference(state.local.slot, { role: role.value }));

  function update(reference) {
    // What is being typed stays, unless it belongs to another reference.
    if (document.activeElement !== name || name.dataset.key !== reference.key) name.value = reference.name;
    name.dataset.key = reference.key;
    if (role.value !== reference.role) role.value = reference.role;
  }
  return {
    element: h("div", { class: "pair" }, name, h("div", { class: "select" }, role, icon("chevron-down"))),
    update,
  };
}

/** Where the reference stands, and the buttons that move, keep and remove it. */
function buildTop() {
  const title = h("b", { class: "num" });
  const earlier = tool("arrow-left", "Move earlier", () => move(state.local.slot, (index) => index - 1));
  const later = tool("arrow-right", "Move later", () => move(state.local.slot, (index) => index + 1));
  const pin = tool("pin", "Keep for the next requests", () =>
    patchReference(state.local.slot, { pinned: !selected().pinned }),
  );
  const remove = tool("trash", "Remove", () => {
    drop(state.local.slot);
    setLocal({ slot: null });
  });

  function update(reference) {
    setText(title, `Image ${countedReferences().indexOf(reference) + 1}`);
    setAttr(pin, "aria-pressed", String(reference.pinned));
  }
  return {
    element: h("div", { class: "top" }, title, h("span", { class: "grow" }), earlier, later, pin, remove),
    update,
  };
}

export function buildCard() {
  const top = buildTop();
  const fields = buildFields();
  const about = h("p", { class: "hint num" });
  const element = h(
    "div",
    { class: "slotcard", role: "group", "aria-label": "Selected reference", hidden: true },
    top.element,
    fields.element,
    about,
  );
  let shown = null;

  /** On a phone the card lies below the slots: it comes into view when another slot is chosen. */
  function reveal(chosen) {
    if (shown === chosen) return;
    shown = chosen;
    if (chosen) requestAnimationFrame(() => element.scrollIntoView({ block: "nearest" }));
  }

  function render() {
    const reference = selected();
    element.hidden = !reference;
    reveal(reference?.key ?? null);
    if (!reference) return;
    top.update(reference);
    fields.update(reference);
    setText(about, facts(reference));
  }
  return { element, render };
}

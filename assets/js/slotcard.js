/** What is known of the selected reference, and what can be changed about it. */

import { h, icon, setAttr, setLocal, setText, state } from "./core.js";
import { draft, patchReference } from "./draft.js";
import { drop, move, rename } from "./tray.js";
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

export function buildCard() {
  const key = () => state.local.slot;
  const title = h("b", { class: "num" });
  const name = h("input", {
    class: "in",
    id: "reference-name",
    "aria-label": "Name",
    maxlength: "80",
    autocomplete: "off",
    onchange: () => rename(key(), name.value),
    onkeydown: (event) => event.key === "Enter" && name.blur(),
  });
  const role = h(
    "select",
    {
      class: "in",
      id: "reference-role",
      "aria-label": "Role",
      onchange: () => patchReference(key(), { role: role.value }),
    },
    ROLES.map(([value, label]) => h("option", { value }, label)),
  );
  const earlier = tool("arrow-left", "Move earlier", () => move(key(), (index) => index - 1));
  const later = tool("arrow-right", "Move later", () => move(key(), (index) => index + 1));
  const pin = tool("pin", "Keep for the next requests", () => patchReference(key(), { pinned: !selected().pinned }));
  const remove = tool("trash", "Remove", () => {
    drop(key());
    setLocal({ slot: null });
  });
  const about = h("p", { class: "hint num" });
  const element = h(
    "div",
    { class: "slotcard", role: "group", "aria-label": "Selected reference", hidden: true },
    h("div", { class: "top" }, title, h("span", { class: "grow" }), earlier, later, pin, remove),
    h("div", { class: "pair" }, name, h("div", { class: "select" }, role, icon("chevron-down"))),
    about,
  );

  function render() {
    const reference = selected();
    element.hidden = !reference;
    if (!reference) return;
    const at = draft()
      .references.filter((each) => !each.problem)
      .indexOf(reference);
    setText(title, `Image ${at + 1}`);
    if (document.activeElement !== name || name.dataset.key !== reference.key) name.value = reference.name;
    name.dataset.key = reference.key;
    if (role.value !== reference.role) role.value = reference.role;
    setAttr(pin, "aria-pressed", String(reference.pinned));
    setText(about, facts(reference));
  }
  return { element, render };
}

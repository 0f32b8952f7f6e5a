/** The right side's tab bar; on a phone the row of pills that shows a panel in the stage's place. */

import { h, icon, place, registerCommand, setAttr, setLocal, state, subscribe } from "./core.js";

const TABS = [
  ["create", "Create"],
  ["references", "References"],
  ["edit", "Edit"],
  ["cost", "Cost"],
];
const PHONE = matchMedia("(max-width: 819.98px)");
const ROOMY = matchMedia("(min-width: 1180px)");

/** @param {string} tab */
export function showTab(tab) {
  setLocal({ tab, drawer: true, sheet: false });
}

export function closePanels() {
  setLocal({ drawer: false, sheet: false });
}

/** Whether a panel covers something: Esc then closes it. */
export function panelCovers() {
  return !ROOMY.matches && (state.local.drawer || state.local.sheet);
}

function press(tab) {
  const open = state.local.drawer && state.local.tab === tab;
  if (PHONE.matches && open) closePanels();
  else showTab(tab);
}

function move(event) {
  const index = TABS.findIndex(([id]) => `tab-${id}` === event.target.id);
  const target = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (index < 0 || target === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const [id] = TABS[(target + TABS.length) % TABS.length];
  showTab(id);
  document.getElementById(`tab-${id}`).focus();
}

/** The layout reads these from the root element, so that panels switch by CSS alone. */
function reflect({ local }) {
  setAttr(document.documentElement, "data-tab", local.tab);
  setAttr(document.documentElement, "data-drawer", local.drawer ? "open" : null);
  setAttr(document.documentElement, "data-sheet", local.sheet ? "open" : null);
}

function build(element) {
  const buttons = TABS.map(([id, name]) =>
    h(
      "button",
      {
        id: `tab-${id}`,
        type: "button",
        role: "tab",
        class: "tab",
        "aria-controls": `panel-${id}`,
        "aria-selected": String(id === state.local.tab),
        tabindex: id === state.local.tab ? "0" : "-1",
        onclick: () => press(id),
      },
      name,
    ),
  );
  const talk = h(
    "button",
    {
      type: "button",
      class: "tab phone-only",
      "aria-controls": "transcript",
      "aria-expanded": "false",
      onclick: () => setLocal({ sheet: !state.local.sheet, drawer: false }),
    },
    "Conversation",
  );
  const close = h(
    "button",
    {
      type: "button",
      class: "ib drawer-only",
      "aria-label": "Close panel",
      onclick: closePanels,
    },
    icon("x"),
  );
  element.append(
    talk,
    h("div", { role: "tablist", class: "tablist", "aria-label": "Panels", onkeydown: move }, buttons),
    close,
  );
  return ({ local }) => {
    setAttr(talk, "aria-expanded", String(local.sheet));
    buttons.forEach((button, index) => {
      const chosen = TABS[index][0] === local.tab;
      setAttr(button, "aria-selected", String(chosen && (local.drawer || !PHONE.matches)));
      setAttr(button, "tabindex", chosen ? "0" : "-1");
    });
  };
}

place("tabs", build);
subscribe(reflect);
for (const [id] of TABS) registerCommand(`show_${id}`, () => showTab(id));
PHONE.addEventListener("change", () => setLocal({}));

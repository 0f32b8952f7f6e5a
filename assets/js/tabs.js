/** The right side's tab bar; on a phone the row of pills that opens a panel as a sheet over the stage. */

import { h, icon, place, placeElement, registerCommand, setAttr, setLocal, state, subscribe } from "./core.js";

const TABS = [
  ["create", "Create"],
  ["references", "References"],
  ["edit", "Edit"],
  ["cost", "Cost"],
];
const PHONE = matchMedia("(max-width: 819.98px)");
const ROOMY = matchMedia("(min-width: 1180px)");

const TALK = "transcript";
const LIFTED_TOP_PX = 12;

let lifted = false;

/** What had the focus when a panel came to cover the stage, and gets it back. @type {Element | null} */
let opener = null;

/** @param {string} tab */
export function showTab(tab) {
  if (!panelCovers()) opener = document.activeElement;
  setLocal({ tab, drawer: true, sheet: false });
}

function showTalk() {
  if (!panelCovers()) opener = document.activeElement;
  setLocal({ sheet: true, drawer: false });
}

export function closePanels() {
  const left = panelCovers() ? openPlace() : null;
  const inside = left !== null && placeElement(left)?.contains(document.activeElement);
  setLocal({ drawer: false, sheet: false });
  if (!inside) return;
  const back = opener?.checkVisibility() && opener !== document.body ? opener : pillOf(left);
  queueMicrotask(() => back?.focus({ preventScroll: true })); // a phone's composer is there once the views are drawn
}

/** Whether a panel covers something: Esc then closes it. */
export function panelCovers() {
  return !ROOMY.matches && (state.local.drawer || state.local.sheet);
}

function openPlace() {
  return state.local.sheet ? TALK : state.local.tab;
}

function pillOf(name) {
  return document.getElementById(name === TALK ? "show-transcript" : `tab-${name}`);
}

/** A press on a phone's pill: its sheet opens and takes the focus, or closes. */
function press(name) {
  const open = panelCovers() && openPlace() === name;
  if (!PHONE.matches) showTab(name);
  else if (open) closePanels();
  else {
    if (name === TALK) showTalk();
    else showTab(name);
    requestAnimationFrame(() => placeElement(name)?.querySelector(".sheet-head h2")?.focus({ preventScroll: true }));
  }
}

/** The title row of a phone's sheet. */
function sheetHead(name, title) {
  return (element) => {
    element.prepend(
      h(
        "header",
        { class: "sheet-head phone-only" },
        h("h2", { id: `sheet-${name}`, tabindex: "-1" }, title),
        h("button", { type: "button", class: "ib", "aria-label": "Close", onclick: closePanels }, icon("x")),
      ),
    );
  };
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

/** Lifts the picture so that its top stays in sight over a phone's sheet, and sets it down again. */
function lift(covered) {
  const root = document.documentElement;
  if (covered === lifted) return;
  lifted = covered;
  const box = (selector) => document.querySelector(selector)?.getBoundingClientRect();
  const [stage, frame] = [box("#stage"), box("#stage .frame")];
  const over = covered && stage && frame ? Math.max(0, frame.top - stage.top - LIFTED_TOP_PX) : 0;
  root.style.setProperty("--lift", `${-Math.round(over)}px`);
}

/** The layout reads these from the root element, so that panels switch by CSS alone. */
function reflect({ local }) {
  lift(PHONE.matches && Boolean(local.drawer || local.sheet));
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
      id: "show-transcript",
      type: "button",
      class: "tab phone-only",
      "aria-controls": "transcript",
      "aria-expanded": "false",
      onclick: () => press(TALK),
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
place(TALK, sheetHead(TALK, "Conversation"));
for (const [id, name] of TABS) place(id, sheetHead(id, name));
subscribe(reflect);
for (const [id] of TABS) registerCommand(`show_${id}`, () => showTab(id));
PHONE.addEventListener("change", () => setLocal({}));

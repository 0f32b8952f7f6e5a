/** The top bar: brand, conversation title and menu, New, engine badge, spend of budget, theme. */

import {
  call,
  h,
  icon,
  keyed,
  place,
  registerCommand,
  runAction,
  setAttr,
  setLocal,
  setText,
  state,
  thumbUrl,
  toast,
} from "./core.js";
import { checkable } from "./connection.js";
import { brandMark } from "./icons.js";
import { closePanels, showTab } from "./tabs.js";

/** Where another process holds the data folder a control stays in sight, and its title says why it does nothing. */
function hold(button, { read_only: readOnly, status }, title = null) {
  setAttr(button, "aria-disabled", readOnly ? "true" : null);
  setAttr(button, "title", readOnly ? status.sentence : title);
}

/** @returns {boolean} whether nothing may be changed here; it has been said then */
function refuses() {
  const { read_only: readOnly, status } = state.view;
  if (readOnly) toast({ sentence: status.sentence, tone: "warn" });
  return readOnly;
}

/* ---- renaming ----------------------------------------------------------------------------------------------- */

/** Puts an input in place of `button`; Enter or leaving saves, Esc does not. */
function renameInline(button, { id, title }) {
  if (refuses()) return;
  let done = false;
  const input = h("input", { class: "rename", value: title, "aria-label": "Conversation title", maxlength: "120" });
  const finish = (save) => {
    if (done) return;
    done = true;
    const wanted = input.value.trim();
    input.replaceWith(button);
    button.focus();
    if (save && wanted && wanted !== title) call("rename", { id, title: wanted });
  };
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    finish(event.key === "Enter");
  });
  input.addEventListener("blur", () => finish(true));
  button.replaceWith(input);
  input.focus();
  input.select();
}

/* ---- the menu of conversations ------------------------------------------------------------------------------ */

function createRow(row) {
  const parts = {
    cover: h("img", { class: "cover", alt: "", loading: "lazy" }),
    title: h("span", { class: "name" }),
    when: h("span", { class: "hint num" }),
  };
  const open = h(
    "button",
    { type: "button", class: "open" },
    parts.cover,
    h("span", { class: "words" }, parts.title, parts.when),
  );
  const rename = h("button", { type: "button", class: "ib small" }, icon("pencil", 14));
  const remove = h("button", { type: "button", class: "ib small" }, icon("trash", 14));
  const node = h("li", { class: "conversation" }, open, rename, remove);
  Object.assign(node, { parts: { ...parts, open, rename, remove } });
  open.addEventListener("click", () => {
    closeMenu();
    if (row.id !== state.view.conversation_id) call("open_conversation", { id: row.id });
  });
  rename.addEventListener("click", () => renameInline(open, node.row));
  remove.addEventListener("click", () => deleteRow(node));
  return node;
}

/** The keyboard stays in the list: on the next row's bin, on the last one's where there is none, else on what is left. */
async function deleteRow(node) {
  if (refuses()) return;
  const list = node.parentElement;
  const index = Array.from(list.children).indexOf(node);
  await call("delete", { id: node.row.id });
  if (node.isConnected || list.contains(document.activeElement) || !list.offsetParent) return;
  const rows = Array.from(list.children);
  (rows[Math.min(index, rows.length - 1)]?.parts.remove ?? list).focus();
}

function updateRow(node, row) {
  node.row = row;
  setText(node.parts.title, row.title);
  setText(node.parts.when, `${row.version_count} ${row.version_count === 1 ? "version" : "versions"} · ${row.when}`);
  setAttr(node.parts.cover, "src", row.cover ? thumbUrl(row.cover, 128) : null);
  node.parts.cover.classList.toggle("none", !row.cover);
  setAttr(node.parts.open, "aria-current", row.current ? "true" : null);
  setAttr(node.parts.rename, "aria-label", `Rename ${row.title}`);
  setAttr(node.parts.remove, "aria-label", `Delete ${row.title}`);
  for (const button of [node.parts.rename, node.parts.remove]) hold(button, state.view);
}

let closeMenu = () => {};

function conversations() {
  const text = h("button", {
    type: "button",
    class: "title-text",
    onclick: () => rename(),
  });
  const toggle = h(
    "button",
    {
      type: "button",
      class: "title-menu",
      "aria-label": "Conversations",
      "aria-expanded": "false",
      "aria-controls": "conversation-menu",
      onclick: () => (menu.hidden ? show() : closeMenu()),
    },
    icon("chevron-down", 14),
  );
  const list = h("ul", { class: "conversation-list" });
  const create = h(
    "button",
    { type: "button", class: "ib phone-only", onclick: newConversation },
    icon("plus"),
    "New conversation",
  );
  const menu = h("div", { id: "conversation-menu", class: "menu", hidden: true }, create, list);
  // A click on the title renames; one on #conversations beside it opens the list.
  const switcher = h("div", { id: "conversations", class: "title-list" }, toggle, menu);
  const root = h("div", { class: "title" }, text, switcher);

  const rename = () => renameInline(text, { id: state.view.conversation_id, title: state.view.title });
  const outside = (event) => {
    if (!root.contains(event.target)) closeMenu();
  };
  const show = () => {
    menu.hidden = false;
    setAttr(toggle, "aria-expanded", "true");
    document.addEventListener("pointerdown", outside);
    (list.querySelector("[aria-current]") ?? list.querySelector("button"))?.focus();
  };
  closeMenu = () => {
    if (menu.hidden) return;
    const held = menu.contains(document.activeElement);
    menu.hidden = true;
    setAttr(toggle, "aria-expanded", "false");
    document.removeEventListener("pointerdown", outside);
    if (held) toggle.focus();
  };
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !menu.hidden) {
      event.stopPropagation();
      closeMenu();
    }
  });
  const render = ({ view }) => {
    setText(text, view.title);
    hold(text, view, `${view.title} — click to rename`);
    hold(create, view);
    keyed(list, view.conversations, (row) => row.id, createRow, updateRow);
  };
  return { root, render };
}

/* ---- the rest ----------------------------------------------------------------------------------------------- */

function newConversation() {
  if (!state.view || refuses()) return; // where nothing is open yet, what there is will be new enough
  closeMenu();
  closePanels();
  call("new_conversation").then(() => document.querySelector("#prompt textarea")?.focus());
}

/** How the engine does: what the last call came to, or a check made since; unknown where the studio is not reached. */
function engineHealth({ view, local: { connected, checked } }) {
  if (!connected) return { tone: "plain", words: "The studio does not answer." };
  if (checked?.of !== checkable(view)) return { tone: view.engine.tone, words: view.engine.health };
  return checked.problem ? { tone: "bad", words: checked.problem } : { tone: "ok", words: "The last check was answered." };
}

function engineBadge() {
  const dot = h("span", { class: "dot" });
  const name = h("span");
  const note = h("span", { class: "wide-only" });
  const button = h(
    "button",
    {
      type: "button",
      class: "badge",
      "aria-haspopup": "dialog",
      onclick: () => runAction({ command: "connection" }),
    },
    dot,
    name,
    note,
  );
  const render = (s) => {
    const { engine } = s.view;
    const { tone, words } = engineHealth(s);
    setAttr(dot, "data-tone", tone);
    setText(name, engine.badge);
    setText(note, engine.badge_note ? ` — ${engine.badge_note}` : "");
    setAttr(button, "title", [engine.address, words].filter(Boolean).join("\n"));
    setAttr(button, "aria-label", `${name.textContent}${note.textContent}. ${words}`);
  };
  return { root: button, render };
}

function spend() {
  const total = h("b", { id: "cost-total", dataset: { usd: "" } });
  const cap = h("small");
  const bar = h("span", { class: "bar", "aria-hidden": "true" }, h("i"));
  const button = h(
    "button",
    { type: "button", id: "budget", class: "spend num", onclick: () => showTab("cost") },
    total,
    cap,
    bar,
  );
  const render = ({ view: { cost } }) => {
    setAttr(total, "data-usd", cost.total_usd);
    setText(total, cost.total);
    setText(cap, cost.cap);
    bar.hidden = cost.cap_usd === null;
    bar.firstChild.style.width = `${Math.min(100, cost.share * 100)}%`;
    bar.dataset.full = String(cost.share >= 0.9);
    setAttr(
      button,
      "title",
      cost.simulated ? "Simulated: what Gemini would have charged" : "Spent in this conversation",
    );
  };
  return { root: button, render };
}

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.body.classList.toggle("dark", theme === "dark");
}

function themeToggle() {
  const button = h("button", { type: "button", class: "ib" }, icon("contrast", 15));
  const reflect = () => {
    const words = document.documentElement.dataset.theme === "dark" ? "Light theme" : "Dark theme";
    setAttr(button, "aria-label", words);
    setAttr(button, "title", words);
  };
  button.addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("retake.theme", theme);
    applyTheme(theme);
    reflect();
  });
  applyTheme(document.documentElement.dataset.theme ?? "light");
  reflect();
  return button;
}

function build(element) {
  const menu = conversations();
  const badge = engineBadge();
  const money = spend();
  const drawer = h(
    "button",
    {
      type: "button",
      class: "ib drawer-only",
      "aria-label": "Panels",
      onclick: () => setLocal({ drawer: !state.local.drawer }),
    },
    icon("sliders"),
  );
  const create = h(
    "button",
    { type: "button", id: "new-conversation", class: "ib wide-only", onclick: newConversation },
    icon("plus", 15),
    "New",
  );
  element.append(
    h(
      "header",
      { class: "topbar" },
      h("h1", { class: "brand" }, brandMark(), h("span", { class: "brand-name" }, "Retake")),
      h("span", { class: "sep wide-only" }),
      menu.root,
      create,
      h("span", { class: "grow" }),
      badge.root,
      money.root,
      themeToggle(),
      drawer,
    ),
  );
  return (s) => {
    for (const part of [menu, badge, money]) part.render(s);
    hold(create, s.view);
    setAttr(drawer, "aria-expanded", String(s.local.drawer));
  };
}

registerCommand("new", newConversation);
place("topbar", build);

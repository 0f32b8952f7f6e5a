/** Toasts with undo, and the dialog that lists every key. */

import { h, icon, onToast, place, registerCommand, runAction } from "./core.js";
import { KEYS } from "./keys.js";

const STAY_MS = 6000;
const STAY_WITH_UNDO_MS = 10000;
const MOST = 4;

/* ---- toasts ------------------------------------------------------------------------------------------------- */

function createToast({ sentence, tone, undo }) {
  let timer = 0;
  const close = () => {
    clearTimeout(timer);
    node.remove();
  };
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(close, undo ? STAY_WITH_UNDO_MS : STAY_MS);
  };
  const take =
    undo &&
    h(
      "button",
      {
        type: "button",
        class: "btn small",
        onclick: () => {
          close();
          runAction(undo);
        },
      },
      icon("undo", 14),
      undo.label,
    );
  const node = h(
    "div",
    {
      class: "toast",
      dataset: { tone: tone ?? "plain" },
      onpointerenter: hold,
      onpointerleave: release,
      onfocusin: hold,
      onfocusout: release,
    },
    h("span", { class: "dot", dataset: { tone: tone ?? "plain" } }),
    h("p", null, sentence),
    take,
    h("button", { type: "button", class: "ib small", "aria-label": "Dismiss", onclick: close }, icon("x", 14)),
  );
  release();
  return node;
}

function buildToasts(element) {
  const list = h("div", {
    id: "toasts",
    class: "toasts",
    role: "status",
    "aria-live": "polite",
    "aria-relevant": "additions",
  });
  element.append(list);
  onToast((notice) => {
    while (list.children.length >= MOST) list.firstChild.remove();
    list.append(createToast(notice));
  });
}

/* ---- all keys ----------------------------------------------------------------------------------------------- */

function buildKeys(element) {
  const rows = KEYS.map(({ shown, does }) =>
    h(
      "div",
      null,
      h(
        "dt",
        null,
        shown.map((key) => h("kbd", null, key)),
      ),
      h("dd", null, does),
    ),
  );
  const dialog = h(
    "dialog",
    { id: "keys", class: "sheet", "aria-labelledby": "keys-title" },
    h(
      "header",
      null,
      h("h2", { id: "keys-title" }, "Keys"),
      h(
        "button",
        { type: "button", class: "ib small", "aria-label": "Close", onclick: () => dialog.close() },
        icon("x"),
      ),
    ),
    h("dl", { class: "keys" }, rows),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  element.append(dialog);
  registerCommand("show_keys", () => dialog.showModal());
}

place("toasts", buildToasts);
place("toasts", buildKeys);

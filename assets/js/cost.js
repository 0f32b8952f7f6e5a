/** The cost panel: what was spent and on what, the budget, what the same pictures cost elsewhere. */

import { call, h, icon, keyed, place, setAttr, setLocal, setText, whenChanged } from "./core.js";

/* ---- the figure and the bars -------------------------------------------------------------------------------- */

function createFigure() {
  const total = h("span");
  const beside = h("small");
  const other = h("p", { class: "hint", hidden: true });
  const unknown = h("p", { class: "hint tone-warn", hidden: true });
  const root = h("div", { class: "figure" }, h("p", { class: "big num" }, total, " ", beside), other, unknown);
  return {
    root,
    render(cost) {
      setText(total, cost.total);
      setText(beside, [cost.cap, cost.simulated ? "simulated" : ""].filter(Boolean).join(" · "));
      setText(other, cost.other_total ?? "");
      other.hidden = !cost.other_total;
      unknown.hidden = cost.unknown_calls === 0;
      setText(
        unknown,
        cost.unknown_calls === 1
          ? "The price of one call is unknown and not in this figure."
          : `The prices of ${cost.unknown_calls} calls are unknown and not in this figure.`,
      );
    },
  };
}

function createBars() {
  const root = h("div", { class: "sparks", "aria-hidden": "true", hidden: true });
  return {
    root,
    render({ rows }) {
      root.hidden = rows.length === 0;
      keyed(
        root,
        [...rows].reverse(),
        (row) => row.attempt_id,
        () => h("i"),
        (bar, row) => {
          bar.style.height = `${Math.max(3, row.bar * 100)}%`;
          setAttr(bar, "data-tone", row.tone);
          setAttr(bar, "title", `${row.title} · ${row.cost}`);
        },
      );
    },
  };
}

/* ---- the ledger --------------------------------------------------------------------------------------------- */

function createRow(row) {
  const parts = {
    title: h("span", { class: "what" }),
    tokens: h("span", { class: "hint" }),
    cost: h("span", { class: "cost" }),
    note: h("p", { class: "hint" }),
    lines: h("dl", { class: "lines" }),
  };
  const body = h("div", { id: `ledger-${row.attempt_id}`, class: "unfolded", hidden: true }, parts.lines, parts.note);
  const head = h(
    "button",
    { type: "button", class: "ledger-head", "aria-expanded": "false", "aria-controls": body.id },
    parts.title,
    parts.tokens,
    parts.cost,
    icon("chevron-right", 14),
  );
  head.addEventListener("click", () => {
    body.hidden = !body.hidden;
    setAttr(head, "aria-expanded", String(!body.hidden));
  });
  return Object.assign(h("li", { class: "ledger-row" }, head, body), { parts });
}

function updateRow(node, row) {
  const { parts } = node;
  setText(parts.title, row.title);
  setAttr(parts.title, "title", row.title);
  setText(parts.tokens, row.tokens);
  setText(parts.cost, row.cost);
  setText(parts.note, row.note);
  parts.note.hidden = !row.note;
  setAttr(node, "data-tone", row.tone);
  setAttr(node, "data-usd", row.cost_usd ?? "");
  keyed(
    parts.lines,
    row.lines,
    (line) => line.label,
    () => h("div", null, h("dt"), h("dd", { class: "hint" }), h("dd", { class: "cost" })),
    (line, { label, tokens, usd }) =>
      [label, tokens, usd].forEach((text, index) => setText(line.children[index], text)),
  );
}

function createLedger() {
  const list = h("ul", { id: "cost-ledger", class: "ledger num", "aria-label": "Calls" });
  const none = h("p", { class: "hint" }, "Every call is listed here, failed and refused ones too.");
  const root = h(
    "section",
    { class: "ledger-table", "aria-label": "Ledger" },
    h(
      "p",
      { class: "ledger-head hint", "aria-hidden": "true" },
      h("span", { class: "what" }, "Turn"),
      h("span", null, "tokens in / out"),
      h("span", { class: "cost" }, "cost"),
      h("span"),
    ),
    list,
    none,
  );
  return {
    root,
    render({ rows }) {
      none.hidden = rows.length > 0;
      keyed(list, rows, (row) => row.attempt_id, createRow, updateRow);
    },
  };
}

/* ---- elsewhere ---------------------------------------------------------------------------------------------- */

function createComparison() {
  const title = h("h3", { class: "hint" });
  const list = h("dl", { class: "comparison num" });
  const note = h("p", { class: "hint" });
  const root = h("section", { hidden: true }, title, list, note);
  return {
    root,
    render(cost) {
      root.hidden = cost.comparison.length === 0;
      setText(title, cost.comparison_title);
      setText(note, cost.comparison_note);
      note.hidden = !cost.comparison_note;
      keyed(
        list,
        cost.comparison,
        (row) => row.name,
        () => h("div", null, h("dt"), h("dd")),
        (node, row) => {
          setText(node.firstChild, row.name);
          setText(node.lastChild, row.cost);
          node.lastChild.className = `tone-${row.tone}`;
        },
      );
    },
  };
}

/* ---- the budget --------------------------------------------------------------------------------------------- */

/** What the budget promises, and what it cannot: the tail of a call's cost beyond what is held for it. */
function withTail(tail) {
  return [tail, "A call that this would take past the budget is not made."].filter(Boolean).join(" ");
}

function createBudget() {
  const input = h("input", {
    id: "budget-cap",
    class: "in num",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-describedby": "budget-note",
  });
  const note = h("p", { id: "budget-note", class: "hint" });
  const set = h("button", { type: "submit", class: "btn" }, "Set");
  const clear = h("button", { type: "button", class: "btn" }, "Clear");
  const root = h(
    "form",
    { class: "budget-editor" },
    h("label", { for: "budget-cap" }, "Budget of this conversation"),
    h(
      "div",
      { class: "line" },
      h("span", { class: "money" }, h("span", { "aria-hidden": "true" }, "$"), input),
      set,
      clear,
    ),
    note,
  );
  const say = (words, bad) => {
    setText(note, words);
    note.classList.toggle("tone-bad", Boolean(bad));
    setAttr(input, "aria-invalid", bad ? "true" : null);
  };
  const send = async (cap) => {
    const reply = await call("set_budget", { cap_usd: cap }, { quiet: true });
    if (reply.problem) say(reply.problem, true);
    else {
      input.blur();
      setLocal({ refusal: null }); // what was refused for the old cap may go now
    }
  };
  let rest = "";
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = input.value.trim().replace(/^\$/, "").replace(",", ".");
    if (/^\d{1,6}(\.\d{1,2})?$/.test(wanted)) send(Number(wanted).toFixed(2));
    else say("Write an amount in dollars, such as 12.50.", true);
  });
  clear.addEventListener("click", () => send(null));
  input.addEventListener("input", () => say(rest));
  return {
    root,
    render(cost, tail) {
      rest = cost.cap_usd === null ? "No limit. A call is made whatever it costs." : withTail(tail);
      if (document.activeElement === input) return;
      const shown = cost.cap_usd === null ? "" : Number(cost.cap_usd).toFixed(2);
      if (input.value !== shown) input.value = shown;
      setAttr(input, "placeholder", "no limit");
      clear.hidden = cost.cap_usd === null || !cost.simulated; // a cap on real money can only be changed
      say(rest);
    },
  };
}

function build(element) {
  const parts = [createFigure(), createBars(), createLedger(), createBudget(), createComparison()];
  const prices = h("p", { class: "hint" });
  element.append(
    h(
      "div",
      { id: "panel-cost", class: "panel-cost", role: "tabpanel", "aria-labelledby": "tab-cost" },
      parts.map((part) => part.root),
      prices,
    ),
  );
  const render = ({ view: { cost, request, read_only: readOnly } }) => {
    element.querySelector(".budget-editor").inert = readOnly;
    for (const part of parts) part.render(cost, request.estimate.tail);
    setText(prices, cost.price_note);
  };
  return whenChanged(({ view }) => [view.cost, view.request.estimate.tail], render);
}

place("cost", build);

/** The structured prompt: five fields that compose into the text, which stays free to edit. */

import { h, setLocal, state } from "./core.js";
import { draft, patchDraft } from "./draft.js";

/** Field → [label, what introduces it in the text, an example]. */
const FIELDS = {
  subject: ["Subject", "", "A ceramic mug on linen"],
  style: ["Style", "Style: ", "Product photo, natural light"],
  composition: ["Composition", "Composition: ", "Three-quarter view, mug left of centre"],
  technical: ["Technical", "Technical: ", "85 mm, shallow depth of field"],
  exclude: ["Exclude", "Do not include: ", "Text, hands, other objects"],
};
// What Python's str.split() takes for white space.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const ENDS = [".", "!", "?", "…"];

function sentence(text, lead) {
  const line = text.split(SPACE).filter(Boolean).join(" ");
  if (!line) return "";
  return ENDS.includes(line.at(-1)) ? lead + line : `${lead}${line}.`;
}

/** The same text as `StructuredPrompt.compose` in studio/prompt.py, which is the reference. */
export function compose(structured) {
  return Object.entries(FIELDS)
    .map(([name, [, lead]]) => sentence(structured[name] ?? "", lead))
    .filter(Boolean)
    .join(" ");
}

/** The text follows the fields as long as nobody has edited it by hand. */
function follows({ text, structured }) {
  return text.trim() === "" || text === compose(structured);
}

/** @returns {boolean} whether the text stayed behind, so that the user has to say which one counts */
function edit(name, value) {
  const current = draft();
  const structured = { ...current.structured, [name]: value };
  const follow = follows(current);
  patchDraft(follow ? { structured, text: compose(structured) } : { structured });
  const asks = !follow && state.local.keptText !== current.text;
  if (asks) setLocal({ askText: current.text });
  return asks;
}

function replace() {
  patchDraft({ text: compose(draft().structured) });
  setLocal({ askText: null });
}

/** Kept until the text changes again. */
function keep() {
  setLocal({ askText: null, keptText: draft().text });
}

function fit(box) {
  box.style.height = "0";
  box.style.height = `${box.scrollHeight + 2}px`;
}

/** `onAsk(element)` is called where an edit of this field left the text behind. */
function field(name, onAsk) {
  const [label, , example] = FIELDS[name];
  const box = h("textarea", {
    id: `field-${name}`,
    class: "in",
    rows: "1",
    placeholder: example,
    maxlength: "4000",
    oninput: () => {
      if (edit(name, box.value)) onAsk(element);
      fit(box);
    },
  });
  const element = h("div", { class: "field" }, h("label", { for: box.id }, label), box);
  return { name, box, element };
}

export function buildStructured() {
  const ask = h(
    "div",
    { class: "ask", role: "group", "aria-label": "The text was edited", hidden: true },
    h("p", null, "The text was edited after it was composed."),
    h("button", { type: "button", class: "act", onclick: replace }, "Replace it with the fields"),
    h("button", { type: "button", class: "act", onclick: keep }, "Keep the text"),
  );
  // Below the field being typed in, which so stays where it is.
  const fields = Object.keys(FIELDS).map((name) => field(name, (element) => element.after(ask)));
  const element = h(
    "div",
    { class: "f", role: "group", "aria-labelledby": "structured-label" },
    h(
      "div",
      { class: "label" },
      h("b", { id: "structured-label" }, "Structured prompt"),
      h("em", null, "composes into the text"),
    ),
    fields.map((each) => each.element),
    ask,
  );

  function render({ local }) {
    const current = draft();
    ask.hidden = local.askText !== current.text || follows(current);
    for (const { name, box } of fields) {
      const value = current.structured[name] ?? "";
      if (box.value === value) continue;
      box.value = value;
      if (box.offsetParent) fit(box);
    }
  }
  return { element, render };
}

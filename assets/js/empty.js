/** The empty stage: three starts with pictures and a place to drop one's own, or why there is no picture. */

import { focusPrompt } from "./composer.js";
import { h, icon, keyed, setAttr, setText, state } from "./core.js";
import { patchDraft } from "./draft.js";
import { runRemedy } from "./statusline.js";
import { ACCEPT, uploadAndBegin } from "./uploads.js";

/** What the stage says of a first turn that ended without a picture. */
const HEADINGS = {
  refused: "No picture was made",
  failed: "That did not work",
  cancelled: "Stopped",
  interrupted: "Interrupted",
};
const FINGERS = matchMedia("(pointer: coarse)");

function createExample(example) {
  const picture = h("img", { alt: "", loading: "eager" });
  const title = h("b");
  const text = h("span", { class: "hint" });
  const node = h("button", { type: "button", class: "example" }, picture, h("span", { class: "words" }, title, text));
  node.addEventListener("click", () => {
    patchDraft({ text: node.example.text });
    focusPrompt();
  });
  return Object.assign(node, { example, parts: { picture, title, text } });
}

function updateExample(node, example) {
  node.example = example;
  setAttr(node.parts.picture, "src", example.picture);
  setText(node.parts.title, example.title);
  setText(node.parts.text, example.text);
}

function createAction(action) {
  return h("button", { type: "button", class: "btn", onclick: () => runRemedy(action) }, action.label);
}

/** @returns {{heading: string, reason: string}} what an empty stage says; no reason where it invites */
function wordsOf({ read_only: readOnly, status }) {
  if (readOnly) return { heading: "Nothing to see here yet", reason: status.sentence };
  const ended = HEADINGS[status.state];
  if (ended) return { heading: ended, reason: status.sentence };
  return { heading: "Describe a picture, or start from one of these", reason: "" };
}

export function createEmptyStage() {
  const examples = h("div", { class: "examples" });
  const input = h("input", {
    type: "file",
    accept: ACCEPT,
    class: "visually-hidden",
    tabindex: "-1",
    "aria-label": "Picture to begin from",
  });
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (file) uploadAndBegin(file);
  });
  const beginWords = h("span");
  const begin = h(
    "button",
    { type: "button", class: "begin-own", onclick: () => input.click() },
    icon("upload"),
    beginWords,
  );
  const heading = h("h2");
  const reason = h("p", { class: "empty-reason" });
  const actions = h("div", { class: "empty-acts" });
  const why = h("div", { class: "empty-why", hidden: true }, reason, actions);
  const root = h(
    "div",
    { class: "empty-stage", hidden: true },
    heading,
    why,
    examples,
    begin,
    input,
  );
  return {
    root,
    render({ view }) {
      root.hidden = view.tip !== null || view.versions.length > 0 || Boolean(view.running);
      if (root.hidden) return;
      const words = wordsOf(view);
      const invites = words.reason === "";
      setText(heading, words.heading);
      setText(reason, words.reason);
      setText(beginWords, `${FINGERS.matches ? "Choose" : "Drop"} a picture to begin from it`);
      why.hidden = invites;
      for (const each of [examples, begin, input]) each.hidden = !invites;
      keyed(actions, view.status.actions, ({ command, argument }) => `${command} ${argument}`, createAction);
      keyed(examples, state.boot.examples, (example) => example.title, createExample, updateExample);
    },
  };
}

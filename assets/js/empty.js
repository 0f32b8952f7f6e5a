/** The empty stage: three starts with pictures, and a place to drop one's own. */

import { focusPrompt } from "./composer.js";
import { h, icon, keyed, setAttr, setText, state } from "./core.js";
import { patchDraft } from "./draft.js";
import { ACCEPT, uploadAndBegin } from "./uploads.js";

/** What the stage says of a first turn that ended without a picture. */
const HEADINGS = {
  refused: "Gemini did not make this picture",
  failed: "That did not work",
  cancelled: "Stopped",
  interrupted: "Interrupted",
};

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
  const begin = h(
    "button",
    { type: "button", class: "begin-own", onclick: () => input.click() },
    icon("upload"),
    "Drop a picture to begin from it",
  );
  const heading = h("h2");
  const reason = h("p", { class: "empty-reason", hidden: true });
  const root = h(
    "div",
    { class: "empty-stage", hidden: true },
    heading,
    reason,
    examples,
    begin,
    input,
  );
  return {
    root,
    render({ view }) {
      root.hidden = view.tip !== null || view.versions.length > 0 || Boolean(view.running);
      if (root.hidden) return;
      const ended = HEADINGS[view.status.state];
      setText(heading, ended ?? "Describe a picture, or start from one of these");
      reason.hidden = !ended || !view.status.sentence;
      setText(reason, ended ? view.status.sentence : "");
      examples.hidden = Boolean(ended);
      begin.hidden = Boolean(ended);
      keyed(examples, state.boot.examples, (example) => example.title, createExample, updateExample);
    },
  };
}

/** The connection dialog: engine, key (write-only), check. */

import {
  NO_ANSWER,
  applyReply,
  call,
  h,
  icon,
  place,
  registerCommand,
  setAttr,
  setLocal,
  setText,
  state,
} from "./core.js";
import { draftModel } from "./draft.js";

/** What a check is made of: it says nothing any more once there is another engine, key or turn. */
export function checkable({ engine, turns }) {
  return JSON.stringify([engine.kind, engine.address, engine.key_last_four, turns.at(-1)?.id]);
}

function createResult() {
  const root = h("p", { class: "result", role: "status", hidden: true });
  return {
    root,
    say(words, tone) {
      root.hidden = !words;
      setText(root, words ?? "");
      root.dataset.tone = tone ?? "plain";
    },
    /** @param {any} reply Reply */
    show(reply) {
      if (reply.problem) this.say(reply.problem, "bad");
      else if (reply.notice) this.say(reply.notice.sentence, reply.notice.tone);
    },
  };
}

/** Runs `work` with the button held, and shows what it answers. */
async function during(button, result, work) {
  if (button.getAttribute("aria-disabled")) return;
  setAttr(button, "aria-disabled", "true");
  result.say("Asking…");
  result.show(await work());
  setAttr(button, "aria-disabled", null);
}

async function postKey(key, save) {
  const response = await fetch("/connection/key", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Retake-Token": state.boot.token },
    body: JSON.stringify({ key, save, conversation_id: state.view.conversation_id }),
  }).catch(() => null);
  const reply = await response?.json().catch(() => null);
  return reply ? applyReply(reply, { quiet: true }) : { ok: false, problem: NO_ANSWER };
}

function createKeyForm(result) {
  const input = h("input", {
    id: "api-key",
    class: "in",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Gemini API key",
  });
  const save = h("input", { id: "save-key", type: "checkbox" });
  const use = h("button", { type: "submit", class: "btn" }, icon("key", 14), "Use my key");
  const root = h(
    "form",
    { class: "key-form" },
    h("label", { for: "api-key" }, "Use my key"),
    h("div", { class: "line" }, input, use),
    h("label", { class: "check", for: "save-key" }, save, "Save it to .env, readable by me only"),
    h("p", { class: "hint" }, "Otherwise it is kept until the studio stops. It is never shown again."),
  );
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (!key) return result.say("Paste a key first.", "bad");
    input.value = ""; // write-only: it leaves the page with the request
    return during(use, result, () => postKey(key, save.checked));
  });
  return root;
}

function createFacts() {
  const root = h("dl", { class: "facts num" });
  return {
    root,
    render({ key_last_four: lastFour, address }) {
      const known = [
        ["Key", lastFour && `ends in ${lastFour}`],
        ["Address", address],
      ].filter(([, value]) => value);
      root.hidden = known.length === 0;
      root.replaceChildren(
        ...known.map(([name, value]) => h("div", null, h("dt", { class: "hint" }, name), h("dd", null, value))),
      );
    },
  };
}

function build(element) {
  const result = createResult();
  const title = h("h2", { id: "connection-title" });
  const dot = h("span", { class: "dot" });
  const sentence = h("p");
  const facts = createFacts();
  const check = h(
    "button",
    { type: "button", id: "check-connection", class: "btn" },
    icon("plug", 14),
    "Check connection",
  );
  const sandbox = h("button", { type: "button", class: "btn" }, "Use the sandbox");
  const keyForm = createKeyForm(result);
  const dialog = h(
    "dialog",
    { id: "panel-connection", class: "sheet", "aria-labelledby": "connection-title" },
    h(
      "header",
      null,
      dot,
      title,
      h(
        "button",
        { type: "button", class: "ib small", "aria-label": "Close", onclick: () => dialog.close() },
        icon("x"),
      ),
    ),
    sentence,
    facts.root,
    h("div", { class: "line" }, check, sandbox),
    result.root,
    keyForm,
  );

  const runCheck = async () => {
    const of = checkable(state.view);
    const reply = await call("check_connection", { model: draftModel()?.id ?? null }, { quiet: true });
    setLocal({ checked: { of, problem: reply.problem } });
    return reply;
  };
  check.addEventListener("click", () => during(check, result, runCheck));
  sandbox.addEventListener("click", () => during(sandbox, result, () => call("use_sandbox", {}, { quiet: true })));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  element.append(dialog);
  registerCommand("connection", () => {
    result.say("");
    if (!dialog.open) dialog.showModal();
  });

  return ({ view: { engine } }) => {
    setAttr(dot, "data-tone", engine.tone);
    setText(title, engine.title);
    setText(sentence, engine.sentence);
    facts.render(engine);
    sandbox.hidden = !engine.can_use_sandbox;
    keyForm.hidden = !engine.can_use_key;
  };
}

place("connection", build);

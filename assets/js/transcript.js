/** The conversation: one card per turn, with what came back, what it cost and what can be done about it. */

import { h, icon, keyed, place, setAttr, setLocal, setText, thumbUrl, whenChanged } from "./core.js";
import { writeFacts } from "./facts.js";
import { setQuietSrc } from "./quiet.js";
import { runRemedy } from "./statusline.js";
import { showsRun } from "./running.js";
import { choose, pixelsOf } from "./versions.js";

const WORDS = {
  sending: "Sending",
  waiting: "Working",
  retrying: "Waiting to retry",
  refused: "Refused",
  failed: "Failed",
  cancelled: "Stopped",
  interrupted: "Interrupted",
};
const RUN = "run";
const ICONS = { refused: "ban", failed: "alert", cancelled: "stop", interrupted: "alert" };

/** Turns, and before them the pictures that were dropped to begin from. */
function cardsOf(view) {
  const originals = view.versions.filter((version) => !version.turn_id);
  return [
    ...originals.map((version) => ({ key: `original-${version.number}`, original: version })),
    ...view.turns.map((turn, index) => ({
      key: turn.id,
      turn,
      before: view.turns[index - 1],
      latest: index === view.turns.length - 1,
    })),
  ];
}

function labelsOf(view, numbers) {
  const labels = numbers.map(
    (number) => view.versions.find((version) => version.number === number)?.label ?? `v${number}`,
  );
  return labels.length > 2 ? `${labels[0]}–${labels.at(-1)}` : labels.join(", ");
}

/* ---- pieces of a card --------------------------------------------------------------------------------------- */

/** A heading and what stands under it, in the fold. */
function section(title, ...content) {
  return h("div", { class: "section", hidden: true }, h("p", { class: "label" }, title), content);
}

/**
 * The one fold of a card. Closed it is a line of the answer; open, the whole answer and what else came or went with it.
 * It is the browser's own `details`, in a card that outlives the views: what was opened stays open.
 */
function createFold() {
  const first = h("span", { class: "first" });
  const parts = {
    answer: h("p", { class: "answer" }),
    detail: h("p", { class: "detail" }),
    thoughts: h("p", { class: "detail" }),
    notes: h("ul", { class: "detail" }),
    drafts: thumbnails("Drafts"),
    references: thumbnails("References sent"),
  };
  const sections = {
    detail: section("Details", parts.detail),
    notes: section("Notes", parts.notes),
    thoughts: section("Thoughts", parts.thoughts, parts.drafts.root),
    references: section("References", parts.references.root),
  };
  const root = h(
    "details",
    { class: "fold", hidden: true },
    h("summary", null, icon("chevron-right", 12), first, h("span", { class: "label" }, "Answer")),
    h("div", { class: "inside" }, parts.answer, sections.thoughts, sections.references, sections.notes, sections.detail),
  );
  return {
    root,
    write({ answer, detail, thoughts, drafts, references, folded_notes: notes }) {
      sections.detail.hidden = !detail;
      sections.thoughts.hidden = !thoughts && drafts.length === 0;
      sections.references.hidden = references.length === 0;
      sections.notes.hidden = notes.length === 0;
      const names = ["thoughts", "references", "notes", "detail"].filter((name) => !sections[name].hidden);
      const words = answer.trim();
      root.hidden = !words && names.length === 0;
      root.classList.toggle("silent", !words);
      root.classList.toggle("single", !words && names.length === 1);
      setText(first, words || names.map((name) => sections[name].firstChild.textContent).join(", "));
      setText(parts.answer, words);
      setText(parts.detail, detail);
      setText(parts.thoughts, thoughts);
      keyed(parts.notes, notes, (note) => note, (note) => h("li", null, note));
      parts.drafts.write(drafts.map((sha256, index) => ({ sha256, name: `Draft ${index + 1}` })));
      parts.references.write(references);
    },
  };
}

function link(source) {
  const safe = /^https?:\/\//i.test(source.uri);
  return h(
    "li",
    null,
    safe
      ? h(
          "a",
          { href: source.uri, target: "_blank", rel: "noopener noreferrer", class: "quiet-link" },
          source.title || source.uri,
        )
      : source.title || source.uri,
  );
}

function thumbnails(label) {
  const root = h("ul", { class: "minis", "aria-label": label, hidden: true });
  const picture = ({ sha256, name }) =>
    h("li", null, h("img", { src: thumbUrl(sha256, 128), alt: name, title: name, loading: "lazy" }));
  return {
    root,
    /** @param {Array<{sha256: string, name: string}>} items */
    write(items) {
      root.hidden = items.length === 0;
      keyed(root, items, (item, index) => `${index}:${item.sha256}`, picture);
    },
  };
}

function candidateButtons() {
  const root = h("div", { class: "minis", role: "group", "aria-label": "Images of this turn", hidden: true });
  return {
    root,
    write(view, numbers) {
      root.hidden = numbers.length < 2;
      const versions = view.versions.filter((version) => numbers.length > 1 && numbers.includes(version.number));
      keyed(
        root,
        versions,
        (version) => version.number,
        (version) =>
          h(
            "button",
            {
              type: "button",
              "aria-label": `Choose version ${version.number}`,
              onclick: () => choose(version.number),
            },
            h("img", { src: thumbUrl(version.sha256, 128), alt: "", loading: "lazy" }),
          ),
        (node, version) => setAttr(node, "aria-current", version.number === view.tip ? "true" : null),
      );
    },
  };
}

/* ---- a card ------------------------------------------------------------------------------------------------- */

function createCard(card) {
  const parts = {
    picture: h("img", { alt: "", loading: "lazy", fetchpriority: "low" }),
    mark: h("span", { class: "mark-box" }),
    text: h("span", { class: "asked" }),
    facts: h("span", { class: "facts" }),
    candidates: candidateButtons(),
    problem: h("p", { class: "problem", hidden: true }),
    actions: h("div", { class: "actions" }),
    fold: createFold(),
    notes: h("ul", { class: "notes" }),
    sources: h("ul", { class: "sources", "aria-label": "Sources" }),
    again: h("div", { class: "again" }),
  };
  const head = h(
    "button",
    { type: "button", class: "turn" },
    h("span", { class: "face" }, parts.picture, parts.mark),
    parts.text,
    h("span", { class: "meta num" }, parts.facts),
  );
  const body = h(
    "div",
    { class: "body" },
    parts.problem,
    parts.fold.root,
    parts.sources,
    parts.notes,
    parts.candidates.root,
    parts.actions,
  );
  const node = h("li", { class: "card", dataset: { key: card.key } }, h("div", { class: "top" }, head, parts.again), body);
  Object.assign(node, { head, parts });
  head.addEventListener("click", () => {
    if (node.goal === RUN) setLocal({ peek: null });
    else if (node.goal !== null) choose(node.goal);
  });
  return node;
}

function face(parts, { sha256, state }) {
  setQuietSrc(parts.picture, sha256 ? thumbUrl(sha256, 128) : null);
  parts.picture.hidden = !sha256;
  parts.mark.hidden = Boolean(sha256);
  if (parts.mark.dataset.state !== state) {
    parts.mark.dataset.state = state;
    const comes = state === "sending" || state === "waiting";
    parts.mark.replaceChildren(comes ? h("span", { class: "sheen" }) : icon(ICONS[state] ?? "clock"));
  }
}

function press(node, { goal, current }) {
  node.goal = goal;
  setAttr(node.head, "aria-disabled", goal === null ? "true" : null);
  node.classList.toggle("on", current);
  setAttr(node.head, "aria-current", current ? "true" : null);
}

function updateOriginal(node, version, { view, runs }) {
  const { parts } = node;
  face(parts, { sha256: version.sha256, state: "done" });
  setText(parts.text, version.request || version.file_name);
  writeFacts(parts.facts, null, [version.label, pixelsOf(version)]);
  press(node, { goal: version.number, current: !runs && version.number === view.tip });
}

/** What was set for this turn, as far as it differs from the turn before. */
function newSettings(turn, before) {
  const known = new Set(before?.settings.split(" · "));
  return turn.settings.split(" · ").filter((part) => !known.has(part));
}

/** @returns {number | "run" | null} what a press on the card brings to the stage */
function goalOf(turn, view) {
  if (turn.versions.length > 0) return turn.versions.includes(view.tip) ? view.tip : turn.versions[0];
  return turn.id === view.running?.turn_id ? RUN : null;
}

function updateTurn(node, { turn, before, latest }, { view, runs }) {
  const { parts } = node;
  const current = runs ? turn.id === view.running.turn_id : turn.versions.includes(view.tip);
  const goal = goalOf(turn, view);
  const pictured = view.versions.find((version) => version.number === goal);
  face(parts, { sha256: pictured?.sha256, state: turn.state });
  setText(parts.text, turn.text);
  setAttr(parts.text, "title", turn.text);
  const facts = [labelsOf(view, turn.versions), WORDS[turn.state], ...newSettings(turn, before), turn.cost];
  writeFacts(parts.facts, turn.forked_from, facts);
  press(node, { goal, current });
  node.dataset.state = turn.state;
  node.classList.toggle("wordy", turn.versions.length === 0);
  writeBody(parts, turn, { view, latest });
}

/** A finished turn's "Make another" is an icon in its corner; what failed says "Run again" in full. */
function writeActions(parts, turn) {
  const quiet = turn.state === "done";
  const key = (action) => `${action.command}:${action.argument}:${action.label}`;
  keyed(parts.actions, quiet ? [] : turn.actions, key, (action) =>
    h("button", { type: "button", class: "btn small", onclick: () => runRemedy(action) }, action.label),
  );
  keyed(parts.again, quiet ? turn.actions : [], key, (action) =>
    h(
      "button",
      {
        type: "button",
        class: "ib small",
        "aria-label": action.label,
        title: `${action.label}: the same request again`,
        onclick: () => runRemedy(action),
      },
      icon("again", 14),
    ),
  );
}

function writeBody(parts, turn, { view, latest }) {
  parts.candidates.write(view, turn.versions);
  // With no version yet, the stage and the status line say it.
  parts.problem.hidden = !turn.problem || (latest && view.versions.length === 0);
  const problem = [turn.problem, turn.problem?.includes("billed") ? null : turn.billed].filter(Boolean).join(" ");
  setText(parts.problem, problem);
  setAttr(parts.problem, "title", problem);
  writeActions(parts, turn);
  // The status line has the latest turn's details; a card has them once that line speaks of a later turn.
  parts.fold.write({ ...turn, detail: latest ? "" : (turn.problem_detail ?? "") });
  keyed(
    parts.notes,
    turn.notes,
    (note, index) => `${index}:${note}`,
    (note) => h("li", { title: note }, note),
  );
  keyed(parts.sources, turn.sources, (source, index) => `${index}:${source.uri}`, link);
}

/** @param {{view: any, runs: boolean}} shown `runs`: whether the stage shows the run rather than a version */
function updateCard(node, card, shown) {
  if (card.original) updateOriginal(node, card.original, shown);
  else updateTurn(node, card, shown);
}

/* ---- the place ---------------------------------------------------------------------------------------------- */

/** Keeps the current card in sight, and moves nothing else. */
function reveal(list) {
  const card = list.querySelector(".card.on") ?? list.lastElementChild;
  if (!card) return;
  const top = card.offsetTop;
  const bottom = top + card.offsetHeight;
  if (top < list.scrollTop) list.scrollTop = top - 8;
  else if (bottom > list.scrollTop + list.clientHeight)
    list.scrollTop = Math.min(top - 8, bottom - list.clientHeight + 8);
}

function build(element) {
  const list = h("ol", { class: "turns" });
  const none = h("p", { class: "hint none" }, "Each request is listed here with its picture and its price.");
  element.append(
    h(
      "section",
      { id: "transcript", class: "transcript", "aria-labelledby": "transcript-title" },
      h("h2", { id: "transcript-title", class: "head" }, "Conversation"),
      none,
      list,
    ),
  );
  let seen = "";
  const render = ({ view, local }) => {
    const runs = showsRun(view, local);
    const cards = cardsOf(view);
    none.hidden = cards.length > 0;
    keyed(
      list,
      cards,
      (card) => `${view.conversation_id}:${card.key}`,
      createCard,
      (node, card) => updateCard(node, card, { view, runs }),
    );
    const key = `${view.conversation_id}:${view.tip}:${cards.length}:${runs}`;
    if (key !== seen) reveal(list);
    seen = key;
  };
  const pick = ({ view, local }) => [view.turns, view.versions, view.tip, view.running?.turn_id, showsRun(view, local)];
  return whenChanged((s) => [s.view.conversation_id, ...pick(s)], render);
}

place("transcript", build);

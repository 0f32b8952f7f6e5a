/** The conversation: one card per turn, with what came back, what it cost and what can be done about it. */

import { h, icon, keyed, place, runAction, setAttr, setText, thumbUrl, whenChanged } from "./core.js";
import { setQuietSrc } from "./quiet.js";
import { choose } from "./versions.js";

const WORDS = {
  sending: "Sending",
  waiting: "Working",
  retrying: "Waiting to retry",
  refused: "Refused",
  failed: "Failed",
  cancelled: "Stopped",
  interrupted: "Interrupted",
};
const ICONS = { refused: "ban", failed: "alert", cancelled: "stop", interrupted: "alert" };

/** Turns, and before them the pictures that were dropped to begin from. */
function cardsOf(view) {
  const originals = view.versions.filter((version) => !version.turn_id);
  return [
    ...originals.map((version) => ({ key: `original-${version.number}`, original: version })),
    ...view.turns.map((turn, index) => ({ key: turn.id, turn, before: view.turns[index - 1] })),
  ];
}

function labelsOf(view, numbers) {
  const labels = numbers.map(
    (number) => view.versions.find((version) => version.number === number)?.label ?? `v${number}`,
  );
  return labels.length > 2 ? `${labels[0]}–${labels.at(-1)}` : labels.join(", ");
}

/* ---- pieces of a card --------------------------------------------------------------------------------------- */

/** Text folded to three lines; the button appears only where there is more. */
function folded(className) {
  const text = h("p", { class: "folded" });
  const more = h("button", { type: "button", class: "quiet-link", hidden: true, "aria-expanded": "false" }, "More");
  const root = h("div", { class: className, hidden: true }, text, more);
  more.addEventListener("click", () => {
    const open = text.classList.toggle("open");
    setText(more, open ? "Less" : "More");
    setAttr(more, "aria-expanded", String(open));
  });
  const measure = () => {
    if (!text.classList.contains("open")) more.hidden = text.scrollHeight <= text.clientHeight + 1;
  };
  new ResizeObserver(measure).observe(text);
  return {
    root,
    write(words) {
      root.hidden = !words;
      if (text.textContent === words) return;
      setText(text, words);
      requestAnimationFrame(measure); // after all cards are written: one layout, not one each
    },
  };
}

/** A `details` whose body is filled only where there is something to show. */
function unfolding(title, body) {
  return h("details", { class: "unfold", hidden: true }, h("summary", null, title), body);
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
  return {
    root,
    write(items) {
      root.hidden = items.length === 0;
      keyed(
        root,
        items,
        (item) => item.key,
        (item) =>
          h(
            "li",
            null,
            h("img", {
              src: thumbUrl(item.sha256, 128),
              alt: item.name,
              title: item.name,
              loading: "lazy",
            }),
          ),
      );
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
    text: h("p", { class: "asked" }),
    fork: h("span", { class: "fork" }),
    meta: h("span"),
    candidates: candidateButtons(),
    problem: h("p", { class: "problem", hidden: true }),
    detail: h("p", { class: "detail" }),
    actions: h("div", { class: "actions" }),
    answer: folded("answer"),
    notes: h("ul", { class: "notes" }),
    sources: h("ul", { class: "sources" }),
    references: thumbnails("References sent"),
    thoughts: h("p", { class: "detail" }),
    drafts: thumbnails("Drafts"),
  };
  const head = h(
    "button",
    { type: "button", class: "turn" },
    h("span", { class: "face" }, parts.picture, parts.mark),
    h("span", { class: "words" }, parts.text, h("span", { class: "meta num" }, parts.fork, parts.meta)),
  );
  parts.detailFold = unfolding("Details", parts.detail);
  parts.thoughtsFold = unfolding("Thoughts", h("div", null, parts.thoughts, parts.drafts.root));
  const body = h(
    "div",
    { class: "body" },
    parts.candidates.root,
    parts.problem,
    parts.detailFold,
    parts.answer.root,
    parts.notes,
    parts.sources,
    parts.references.root,
    parts.thoughtsFold,
    parts.actions,
  );
  const node = Object.assign(h("li", { class: "card", dataset: { key: card.key } }, head, body), { head, body, parts });
  head.addEventListener("click", () => node.goal !== null && choose(node.goal));
  return node;
}

function face(parts, { sha256, state }) {
  setQuietSrc(parts.picture, sha256 ? thumbUrl(sha256, 128) : null);
  parts.picture.hidden = !sha256;
  parts.mark.hidden = Boolean(sha256);
  if (parts.mark.dataset.state !== state) {
    parts.mark.dataset.state = state;
    parts.mark.replaceChildren(icon(ICONS[state] ?? "clock"));
  }
}

function fork(parts, from, others) {
  const forked = from !== null && from !== undefined;
  setText(parts.fork, forked ? `from v${from}` : "");
  setText(parts.meta, forked ? ` · ${others}` : others);
}

function press(node, { goal, current }) {
  node.goal = goal;
  setAttr(node.head, "aria-disabled", goal === null ? "true" : null);
  node.classList.toggle("on", current);
  setAttr(node.head, "aria-current", current ? "true" : null);
}

function updateOriginal(node, version, view) {
  const { parts } = node;
  face(parts, { sha256: version.sha256, state: "done" });
  setText(parts.text, version.request || version.file_name);
  fork(parts, null, `${version.label} · ${version.width_px} × ${version.height_px}`);
  press(node, { goal: version.number, current: version.number === view.tip });
}

function updateTurn(node, { turn, before }, view) {
  const { parts } = node;
  const current = turn.versions.includes(view.tip);
  const goal = turn.versions.length === 0 ? null : current ? view.tip : turn.versions[0];
  const pictured = view.versions.find((version) => version.number === goal);
  const settings = before?.settings === turn.settings ? "" : turn.settings;
  face(parts, { sha256: pictured?.sha256, state: turn.state });
  setText(parts.text, turn.text);
  fork(
    parts,
    turn.forked_from,
    [labelsOf(view, turn.versions), WORDS[turn.state], settings, turn.cost].filter(Boolean).join(" · "),
  );
  press(node, { goal, current });
  node.dataset.state = turn.state;
  writeBody(parts, turn, view);
}

function writeBody(parts, turn, view) {
  parts.candidates.write(view, turn.versions);
  parts.problem.hidden = !turn.problem;
  setText(
    parts.problem,
    [turn.problem, turn.problem?.includes("billed") ? null : turn.billed].filter(Boolean).join(" "),
  );
  parts.detailFold.hidden = !turn.problem_detail;
  setText(parts.detail, turn.problem_detail ?? "");
  keyed(
    parts.actions,
    turn.actions,
    (action) => `${action.command}:${action.argument}:${action.label}`,
    (action) => h("button", { type: "button", class: "btn small", onclick: () => runAction(action) }, action.label),
  );
  parts.answer.write(turn.answer);
  keyed(
    parts.notes,
    turn.notes,
    (note, index) => `${index}:${note}`,
    (note) => h("li", null, note),
  );
  keyed(parts.sources, turn.sources, (source, index) => `${index}:${source.uri}`, link);
  parts.references.write(
    turn.references.map((reference, index) => ({ ...reference, key: `${index}:${reference.sha256}` })),
  );
  parts.thoughtsFold.hidden = !turn.thoughts && turn.drafts.length === 0;
  setText(parts.thoughts, turn.thoughts);
  parts.drafts.write(
    turn.drafts.map((sha256, index) => ({ sha256, name: `Draft ${index + 1}`, key: `${index}:${sha256}` })),
  );
}

function updateCard(node, card, view) {
  if (card.original) updateOriginal(node, card.original, view);
  else updateTurn(node, card, view);
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
  const render = ({ view }) => {
    const cards = cardsOf(view);
    none.hidden = cards.length > 0;
    keyed(
      list,
      cards,
      (card) => `${view.conversation_id}:${card.key}`,
      createCard,
      (node, card) => updateCard(node, card, view),
    );
    const key = `${view.conversation_id}:${view.tip}:${cards.length}`;
    if (key !== seen) reveal(list);
    seen = key;
  };
  return whenChanged(({ view }) => [view.conversation_id, view.turns, view.versions, view.tip], render);
}

place("transcript", build);

/** The version strip: every version in order of arrival, how they descend, what is on its way. */

import { h, icon, keyed, place, setAttr, setLocal, setText, thumbUrl, whenChanged } from "./core.js";
import { setQuietSrc } from "./quiet.js";
import { DRAFT_DELAY_MS, showsRun, variantsOf } from "./running.js";
import { choose } from "./versions.js";

const MARGIN_PX = 60;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** How a version follows the one left of it: "start", "link" (its child), "sibling" (same turn) or "fork". */
function relation(version, before) {
  if (!before) return "start";
  if (version.parent === before.number) return "link";
  if (version.turn_id && version.turn_id === before.turn_id) return "sibling";
  return version.parent === null ? "start" : "fork";
}

/** Where a version stands among the images of its turn: "first", "inner" or "last"; null where it is the only one. */
function standing(version, before, after) {
  const joins = (other) => Boolean(version.turn_id) && other?.turn_id === version.turn_id;
  if (joins(before)) return joins(after) ? "inner" : "last";
  return joins(after) ? "first" : null;
}

function badgeOf(version) {
  return version.label.replace(/^v(?=\d)/, "");
}

function describe(version, forks) {
  const from = version.parent === null ? "" : `, ${forks ? "forks " : ""}from v${version.parent}`;
  return `Version ${version.number}${from}${version.request ? `: ${version.request}` : ""}`;
}

function createItem(version) {
  const fork = h("span", { class: "fork num", "aria-hidden": "true", hidden: true }, icon("branch", 12));
  const forkFrom = h("span");
  fork.append(forkFrom);
  const picture = h("img", { alt: "", loading: "lazy", fetchpriority: "low", decoding: "async", draggable: "false" });
  const badge = h("span", { class: "number num" });
  const button = h(
    "button",
    {
      type: "button",
      class: "th",
      onclick: () => choose(version.number),
      dataset: { version: version.number, parent: version.parent ?? "", turn: version.turn_id ?? "" },
    },
    picture,
    badge,
  );
  return Object.assign(h("li", { class: "item" }, fork, button), { fork, forkFrom, picture, badge, button });
}

function updateItem(node, version, { before, after, current }) {
  const how = relation(version, before);
  node.dataset.relation = how;
  setAttr(node, "data-standing", standing(version, before, after));
  node.fork.hidden = how !== "fork";
  setAttr(node.fork, "title", `forks from v${version.parent}`);
  setText(node.forkFrom, `from v${version.parent}`);
  setQuietSrc(node.picture, thumbUrl(version.sha256, 256));
  setText(node.badge, badgeOf(version));
  setAttr(node.button, "aria-label", describe(version, how === "fork"));
  setAttr(node.button, "title", version.request || version.label);
  setAttr(node.button, "aria-current", version.number === current ? "true" : null);
}

/** Scrolls the strip alone, and only as far as the tip needs. */
function reveal(strip, item, instant) {
  if (!item) return;
  const left = item.offsetLeft - MARGIN_PX;
  const right = item.offsetLeft + item.offsetWidth + MARGIN_PX;
  let target = null;
  if (left < strip.scrollLeft) target = left;
  else if (right > strip.scrollLeft + strip.clientWidth) target = right - strip.clientWidth;
  if (target !== null) strip.scrollTo({ left: target, behavior: instant || STILL.matches ? "instant" : "smooth" });
}

/** Places for what the running turn still owes. */
function pendingOf({ running }) {
  return (running ? variantsOf(running) : []).filter((variant) => !variant.ended);
}

function createPending() {
  const picture = h("img", { alt: "", hidden: true });
  const button = h(
    "button",
    { type: "button", class: "th", "aria-label": "An image on its way", onclick: () => setLocal({ peek: null }) },
    picture,
    h("span", { class: "sheen" }),
  );
  return Object.assign(h("li", { class: "item pending-item" }, button), { picture, button });
}

function updatePending(node, variant, shown) {
  setAttr(node.button, "aria-current", shown ? "true" : null);
  const draft = variant.drafts.at(-1) ?? null;
  if (node.draft === draft) return;
  node.draft = draft;
  setTimeout(() => {
    if (node.draft !== draft || !node.isConnected) return;
    setAttr(node.picture, "src", draft ? thumbUrl(draft, 256) : null);
    node.picture.hidden = !draft;
  }, DRAFT_DELAY_MS);
}

function build(element) {
  const versions = h("ul", { id: "versions", class: "versions" });
  const pending = h("ul", { class: "versions-pending" });
  const strip = h("div", { class: "strip", hidden: true }, versions, pending);
  const none = h("p", { class: "hint" }, "Versions appear here.");
  element.append(
    h("section", { id: "panel-versions", class: "panel-versions", "aria-label": "Versions" }, none, strip),
  );
  let revealed = null;
  let conversation = null;

  strip.addEventListener(
    "wheel",
    (event) => {
      if (event.deltaY === 0 || strip.scrollWidth <= strip.clientWidth) return;
      event.preventDefault();
      strip.scrollLeft += event.deltaY;
    },
    { passive: false },
  );

  const render = ({ view, local }) => {
    const owed = pendingOf(view);
    const runs = showsRun(view, local);
    const current = runs ? null : view.tip;
    strip.hidden = view.versions.length === 0 && owed.length === 0;
    none.hidden = !strip.hidden;
    keyed(
      versions,
      view.versions,
      (version) => `${view.conversation_id}:${version.number}`,
      createItem,
      (node, version, index) =>
        updateItem(node, version, { before: view.versions[index - 1], after: view.versions[index + 1], current }),
    );
    keyed(pending, owed, (variant) => variant.variant, createPending, (node, variant) =>
      updatePending(node, variant, runs),
    );
    const joins = owed.length > 0 && view.versions.at(-1)?.turn_id === view.running.turn_id;
    setAttr(pending, "data-joins", joins);
    const key = `${view.conversation_id}:${view.tip}:${view.versions.length}:${owed.length}`;
    const awaited = owed.length > 0 && local.peek !== view.running.turn_id ? pending.lastElementChild : null;
    const item = awaited ?? versions.querySelector("[aria-current]")?.closest(".item");
    if (key !== revealed) reveal(strip, item, view.conversation_id !== conversation);
    revealed = key;
    conversation = view.conversation_id;
  };
  return whenChanged(
    ({ view, local }) => [view.conversation_id, view.versions, view.tip, view.running, local.peek],
    render,
  );
}

place("versions", build);

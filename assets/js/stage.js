/** The stage: picture, caption, tools, candidates, the empty stage, the run. */

import { blobUrl, h, icon, keyed, place, registerCommand, setAttr, setText, state } from "./core.js";
import { createCompare, comparedWith, toggleCompare } from "./compare.js";
import { createEmptyStage } from "./empty.js";
import { addVersionAsReference } from "./references.js";
import { createRunning, showsRun, variantsOf } from "./running.js";
import { choose, pixelsOf, tipOf } from "./versions.js";
import { createViewer } from "./viewer.js";

/* ---- caption ------------------------------------------------------------------------------------------------ */

/** Whether every image still owed waits for its next attempt. */
function waits(running) {
  const open = variantsOf(running).filter((variant) => !variant.ended);
  return open.length > 0 && open.every((variant) => variant.retry);
}

function createCaption() {
  const label = h("b");
  const text = h("span", { class: "request" });
  const facts = h("span", { class: "facts" });
  const root = h("div", { class: "cap num", hidden: true }, label, text, facts);
  const write = (parts) => {
    setText(label, parts[0]);
    setText(text, parts[1]);
    setText(facts, parts[2]);
    setAttr(text, "title", parts[1]);
  };
  return {
    root,
    render({ view, local }, shown) {
      const runs = showsRun(view, local);
      root.hidden = !runs && !shown;
      root.dataset.running = String(runs);
      if (runs) write([waits(view.running) ? "Waiting" : "Working", view.running.text, ""]);
      else if (shown) {
        const facts = [pixelsOf(shown), shown.model, shown.cost].filter(Boolean).join(" · ");
        write([shown.label, shown.request, `${shown.request ? "· " : ""}${facts}`]);
      }
    },
  };
}

/* ---- candidates --------------------------------------------------------------------------------------------- */

function createCandidates() {
  const count = h("span", { class: "num" });
  const go = (direction) => {
    const tip = tipOf(state.view);
    const at = tip.siblings.indexOf(tip.number);
    choose(tip.siblings.at((at + direction) % tip.siblings.length));
  };
  const root = h(
    "div",
    { class: "candidates", role: "group", "aria-label": "Images of this turn", hidden: true },
    h(
      "button",
      { type: "button", class: "ib small", "aria-label": "Previous image", onclick: () => go(-1) },
      icon("chevron-left"),
    ),
    count,
    h(
      "button",
      { type: "button", class: "ib small", "aria-label": "Next image", onclick: () => go(1) },
      icon("chevron-right"),
    ),
  );
  return {
    root,
    render({ view, local }, shown) {
      root.hidden = !shown?.turn_id || shown.siblings.length < 2 || Boolean(local.compare) || showsRun(view, local);
      if (shown) setText(count, `${shown.siblings.indexOf(shown.number) + 1} of ${shown.siblings.length}`);
    },
  };
}

/* ---- tools -------------------------------------------------------------------------------------------------- */

function tool({ name, label, key, onclick }) {
  return h(
    "button",
    { type: "button", class: "ib", "aria-label": label, title: key ? `${label} (${key})` : label, onclick },
    name ? icon(name, 15) : null,
    name ? h("span", { class: "words" }, label) : label,
  );
}

function createTools(viewer) {
  const fit = tool({ label: "Fit", key: "F", onclick: viewer.fit });
  const actual = tool({ label: "100%", key: "1", onclick: viewer.actual });
  const percent = h("span", { class: "percent num", "aria-hidden": "true" });
  const zoom = h(
    "span",
    { class: "zoom" },
    tool({ name: "zoom-out", label: "Zoom out", key: "−", onclick: viewer.zoomOut }),
    percent,
    tool({ name: "zoom-in", label: "Zoom in", key: "+", onclick: viewer.zoomIn }),
  );
  const compare = tool({ name: "compare", label: "Compare", key: "C", onclick: toggleCompare });
  const reference = tool({
    name: "image-plus",
    label: "Use as reference",
    onclick: () => addVersionAsReference(tipOf(state.view)),
  });
  const download = h(
    "a",
    { id: "download", class: "ib", "aria-label": "Download", title: "Download the received file (D)" },
    icon("download", 15),
    h("span", { class: "words" }, "Download"),
  );
  const root = h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Picture", hidden: true },
    fit,
    actual,
    zoom,
    h("span", { class: "sep" }),
    compare,
    reference,
    download,
  );
  return {
    root,
    setZoom(now) {
      setAttr(fit, "aria-pressed", String(now.fit));
      setAttr(actual, "aria-pressed", String(now.actual && !now.fit));
      setText(percent, `${now.percent}%`);
    },
    render({ view, local }, shown) {
      root.hidden = !shown || showsRun(view, local);
      if (!shown) return;
      const other = comparedWith(view, local.compare);
      setAttr(compare, "aria-pressed", String(Boolean(local.compare && other)));
      compare.hidden = !other;
      setAttr(compare, "title", other ? `Compare with ${other.label} (C)` : null);
      setAttr(download, "href", `${blobUrl(shown.sha256)}?name=${encodeURIComponent(shown.file_name)}`);
      setAttr(download, "download", shown.file_name);
    },
  };
}

/* ---- the place ---------------------------------------------------------------------------------------------- */

/** What is on its way while candidates of the same turn are already here. */
function createPending() {
  const root = h("div", { class: "pending num", hidden: true });
  const items = h("span");
  root.append(icon("clock", 14), items);
  return {
    root,
    render({ view, local }) {
      const left = view.running ? variantsOf(view.running).filter((variant) => !variant.ended).length : 0;
      const landed = view.running && view.versions.some((version) => version.turn_id === view.running.turn_id);
      root.hidden = !(landed && left > 0 && local.peek !== view.running.turn_id);
      setText(items, `${left} more on the way`);
    },
  };
}

function build(element) {
  let shown = null;
  let last = null;
  const parts = [];
  const viewer = createViewer({
    onZoom: (zoom) => tools.setZoom(zoom),
    onShown: (version) => {
      shown = version;
      if (last) parts.forEach((part) => part.render(last, shown));
    },
  });
  const tools = createTools(viewer);
  const compare = createCompare(viewer.frame, viewer.scale);
  const caption = createCaption();
  const candidates = createCandidates();
  const pending = createPending();
  const running = createRunning(() => caption.render(last, shown));
  const empty = createEmptyStage();
  parts.push(tools, compare, caption, candidates, pending, empty);

  const stage = h(
    "section",
    { id: "stage", class: "stage", "aria-label": "Picture" },
    viewer.root,
    running.root,
    empty.root,
    h(
      "div",
      { class: "top-line" },
      caption.root,
      pending.root,
      running.back,
      h("span", { class: "grow" }),
      candidates.root,
      compare.bar,
    ),
    tools.root,
  );
  element.append(stage);
  registerCommand("fit", viewer.fit);
  registerCommand("actual", viewer.actual);
  registerCommand("zoom_in", viewer.zoomIn);
  registerCommand("pan", ({ x, y }) => viewer.panBy(x, y));
  registerCommand("zoom_out", viewer.zoomOut);

  return (s) => {
    last = { view: s.view, local: s.local };
    const tip = tipOf(s.view);
    if (!tip) shown = null;
    else if (shown?.number === tip.number && shown.sha256 === tip.sha256) shown = tip;
    running.render(s);
    stage.dataset.running = String(showsRun(s.view, s.local));
    viewer.show(tip);
    parts.forEach((part) => part.render(last, shown));
  };
}

place("stage", build);

/** Two versions in one frame, parted by a slider: mouse, touch and keyboard. */

import { blobUrl, h, icon, keyed, setAttr, setLocal, setText, state } from "./core.js";
import { tipOf, versionOf } from "./versions.js";

const STEP = 2;
const STRIDE = 10;

/** The nearest of `numbers` before this version, else the nearest after it; undefined where it is the only one. */
function nearest(numbers, number) {
  const others = numbers.filter((each) => each !== number);
  return others.findLast((each) => each < number) ?? others[0];
}

/**
 * What the tip is compared with: the one picked, else its parent, else another image of its turn, else its neighbour in
 * the strip.
 * @param {any} view PageView @returns {any} VersionView; null where there is nothing else
 */
export function comparedWith(view, compare) {
  const tip = tipOf(view);
  if (!tip) return null;
  const picked = compare?.other === tip.number ? null : versionOf(view, compare?.other);
  const inStrip = () => nearest(view.versions.map((version) => version.number), tip.number);
  return picked ?? versionOf(view, tip.parent) ?? versionOf(view, nearest(tip.siblings, tip.number) ?? inStrip());
}

export function toggleCompare() {
  const { view, local } = state;
  if (local.compare) setLocal({ compare: null });
  else if (comparedWith(view, null)) setLocal({ compare: {} });
}

function moved(value, event) {
  const stride = event.shiftKey || event.key.startsWith("Page") ? STRIDE : STEP;
  const targets = {
    ArrowLeft: value - stride,
    ArrowDown: value - stride,
    PageDown: value - stride,
    Home: 0,
    ArrowRight: value + stride,
    ArrowUp: value + stride,
    PageUp: value + stride,
    End: 100,
  };
  return targets[event.key];
}

/** The handle and the earlier picture, laid over `frame`. */
function createOverlay(frame, scale) {
  let value = 50;
  const before = h("img", { class: "before", alt: "", draggable: "false" });
  const left = h("span", { class: "tag left" });
  const right = h("span", { class: "tag right" });
  const handle = h(
    "div",
    {
      class: "handle panzoom-exclude",
      role: "slider",
      tabindex: "0",
      "aria-label": "Divider",
      "aria-valuemin": "0",
      "aria-valuemax": "100",
    },
    h("span", { class: "grip" }, icon("chevron-left", 14), icon("chevron-right", 14)),
  );
  const root = h("div", { class: "compare", hidden: true }, before, left, right, handle);

  const set = (next) => {
    value = Math.min(100, Math.max(0, next));
    root.style.setProperty("--at", `${value}%`);
    setAttr(handle, "aria-valuenow", String(Math.round(value)));
    setAttr(handle, "aria-valuetext", `${Math.round(value)} % ${left.textContent}, the rest ${right.textContent}`);
  };
  const follow = (event) => {
    const box = frame.getBoundingClientRect();
    set(((event.clientX - box.left) / box.width) * 100);
  };
  frame.addEventListener("pointerdown", (event) => {
    const onHandle = handle.contains(event.target);
    if (root.hidden || event.button !== 0 || !(onHandle || scale() === 1)) return;
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    handle.focus({ preventScroll: true });
    follow(event);
    frame.addEventListener("pointermove", follow);
    const end = () => frame.removeEventListener("pointermove", follow);
    frame.addEventListener("lostpointercapture", end, { once: true });
  });
  handle.addEventListener("keydown", (event) => {
    const next = moved(value, event);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(next);
  });
  const render = (tip, other) => {
    setAttr(before, "src", blobUrl(other.sha256));
    setAttr(before, "alt", other.request || other.label);
    setText(left, other.label);
    setText(right, tip.label);
    set(value);
  };
  return { root, render, focus: () => handle.focus({ preventScroll: true }), centre: () => set(50) };
}

function createBar() {
  const pick = h("select", { class: "pick", "aria-label": "Compare with" });
  const tipLabel = h("b");
  const root = h(
    "div",
    { class: "compare-bar num", hidden: true },
    h("span", { class: "pick-box" }, pick, icon("chevron-down", 14)),
    h("span", { class: "hint" }, "beside"),
    tipLabel,
    h(
      "button",
      {
        type: "button",
        class: "ib small",
        "aria-label": "Stop comparing",
        onclick: () => setLocal({ compare: null }),
      },
      icon("x", 14),
    ),
  );
  pick.addEventListener("change", () => setLocal({ compare: { other: Number(pick.value) } }));
  const render = (view, tip, other) => {
    const choices = view.versions.filter((version) => version.number !== tip.number);
    keyed(
      pick,
      choices,
      (version) => version.number,
      () => h("option"),
      (option, version) => {
        option.value = String(version.number);
        setText(option, version.label);
      },
    );
    pick.value = String(other.number);
    setText(tipLabel, tip.label);
  };
  return { root, render };
}

/**
 * @param {HTMLElement} frame the viewer's
 * @param {() => number} scale the viewer's zoom
 */
export function createCompare(frame, scale) {
  const overlay = createOverlay(frame, scale);
  const bar = createBar();
  frame.append(overlay.root);
  let on = false;
  return {
    bar: bar.root,
    /** @param {any} shown the version whose picture is in the frame */
    render({ view, local }, shown) {
      const tip = tipOf(view);
      const other = local.compare && shown && tip?.number === shown.number ? comparedWith(view, local.compare) : null;
      overlay.root.hidden = bar.root.hidden = !other;
      frame.classList.toggle("panzoom-exclude", Boolean(other) && scale() === 1);
      if (other) {
        bar.render(view, tip, other);
        overlay.render(tip, other);
        if (!on) overlay.centre();
        if (!on) overlay.focus();
      }
      on = Boolean(local.compare) && (on || Boolean(other));
    },
  };
}

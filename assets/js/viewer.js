/**
 * The picture on the stage: the received bytes at fit, 100 % and zoom, with pan.
 *
 * The plane fills the viewport and is what Panzoom moves; the frame in it has the picture's proportions at fit. The
 * next picture takes the frame only once it is decoded, so nothing flashes.
 */

import Panzoom from "../vendor/panzoom.es.js";
import { blobUrl, h, setAttr } from "./core.js";
import { whileDecoding } from "./quiet.js";

const MOST_ZOOM = 32;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const OPTIONS = {
  canvas: true,
  contain: "outside",
  minScale: 1,
  maxScale: MOST_ZOOM,
  cursor: "",
  duration: 120,
  handleStartEvent: (event) => event.preventDefault(), // not stopped: menus close on a press anywhere
};

/** Zoom and pan of `plane` within `viewport`; scale 1 is the fit. 100 % is one picture pixel per device pixel. */
function createZoom({ viewport, plane, frame, onZoom }) {
  let panzoom = null;
  let widthPx = 0;
  const motion = () => ({ animate: !STILL.matches });
  const fittedPx = () => frame.offsetWidth * devicePixelRatio;
  const scale = () => {
    const now = panzoom?.getScale() ?? 1;
    return now < 1.001 ? 1 : now; // Panzoom comes back to the fit at 1.0000001
  };
  const actualScale = () => Math.max(1, widthPx / (fittedPx() || widthPx || 1));
  const report = () => {
    const now = scale();
    plane.style.setProperty("--zoom", String(now));
    viewport.classList.toggle("zoomed", now > 1);
    const percent = widthPx ? Math.round((100 * now * fittedPx()) / widthPx) : 100;
    onZoom({ fit: now === 1, actual: Math.abs(now / actualScale() - 1) < 0.005, percent });
  };
  const wheel = (event) => {
    event.preventDefault();
    panzoom.zoomWithWheel(event);
  };
  /** Panzoom wants its element in the page, so it starts with the first picture. */
  const start = () => {
    panzoom = Panzoom(plane, OPTIONS);
    viewport.addEventListener("wheel", wheel, { passive: false });
    plane.addEventListener("panzoomchange", report);
    new ResizeObserver(report).observe(viewport);
  };
  /** Panzoom measures the plane, and in the middle of a motion would take what it sees for where it ends. */
  const settled = () => {
    plane.style.transition = "none";
    return panzoom;
  };
  const fit = () => settled()?.reset(motion());
  return {
    scale,
    fit,
    actual: () => settled()?.zoom(actualScale(), motion()),
    zoomIn: () => settled()?.zoomIn(motion()),
    zoomOut: () => settled()?.zoomOut(motion()),
    /** By screen pixels; at fit there is nowhere to go. */
    panBy(x, y) {
      const now = scale();
      if (now > 1) settled().pan(x / now, y / now, { relative: true, ...motion() });
    },
    toggleAt: (event) => (scale() > 1 ? fit() : settled()?.zoomToPoint(actualScale(), event)),
    /** The frame holds a picture of this width now; `keep` leaves zoom and pan as they are. */
    take(pictureWidthPx, keep) {
      widthPx = pictureWidthPx;
      if (!panzoom) start();
      if (!keep) panzoom.reset({ animate: false });
      report();
    },
  };
}

/**
 * @typedef {object} Zoom  @property {boolean} fit  @property {boolean} actual  @property {number} percent of 1:1 pixels
 * @param {{onZoom: (zoom: Zoom) => void, onShown: (version: any) => void}} options
 */
export function createViewer({ onZoom, onShown }) {
  const frame = h("div", { class: "frame", hidden: true });
  const plane = h("div", { class: "plane" }, frame);
  const viewport = h("div", { class: "viewport" }, plane);
  const { take, toggleAt, ...zoom } = createZoom({ viewport, plane, frame, onZoom });
  let picture = null;
  let shown = null;
  let wanted = ""; // what is shown, or on its way

  const clear = () => {
    picture?.remove();
    picture = shown = null;
    frame.hidden = true;
  };
  const put = (version, image) => {
    const sameSize = shown?.width_px === version.width_px && shown?.height_px === version.height_px;
    shown = version;
    frame.style.setProperty("--ratio", String(version.width_px / version.height_px));
    frame.style.setProperty("--most", `${version.width_px}px`);
    if (picture) picture.replaceWith(image);
    else frame.prepend(image);
    picture = image;
    frame.hidden = false;
    take(version.width_px, sameSize);
    onShown(version);
  };
  const load = async (version, key) => {
    const image = h("img", {
      class: "pic",
      src: blobUrl(version.sha256),
      alt: version.request || version.label,
      draggable: "false",
      dataset: { version: version.number, sha256: version.sha256, costUsd: version.cost_usd ?? "" },
    });
    const decoded = image.decode();
    whileDecoding(decoded);
    const broken = await decoded.then(
      () => false,
      () => true,
    );
    if (key !== wanted) return;
    image.classList.toggle("broken", broken);
    put(version, image);
  };
  viewport.addEventListener("dblclick", (event) => frame.contains(event.target) && toggleAt(event));

  return {
    root: viewport,
    frame,
    ...zoom,
    /** @param {any} version VersionView, or null to clear */
    show(version) {
      const key = version ? `${version.number}:${version.sha256}` : "";
      if (key !== wanted) {
        wanted = key;
        if (version) load(version, key);
        else clear();
      } else if (version && picture?.dataset.sha256 === version.sha256) {
        setAttr(picture, "data-cost-usd", version.cost_usd ?? "");
      }
    },
  };
}

/**
 * The picture on the stage: the received bytes at fit, 100 % and zoom, with pan.
 *
 * The plane fills the viewport and is what Panzoom moves; the frame in it has the picture's proportions at fit. The next
 * picture takes the frame only once it is decoded, so nothing flashes.
 */

import Panzoom from "../vendor/panzoom.es.js";
import { blobUrl, h, setAttr } from "./core.js";

const MOST_ZOOM = 16;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @typedef {object} Zoom  @property {boolean} fit  @property {boolean} actual  @property {number} percent of 1:1 pixels
 * @param {{onZoom: (zoom: Zoom) => void, onShown: (version: any) => void}} options
 */
export function createViewer({ onZoom, onShown }) {
  const frame = h("div", { class: "frame", hidden: true });
  const plane = h("div", { class: "plane" }, frame);
  const viewport = h("div", { class: "viewport" }, plane);
  const motion = () => ({ animate: !STILL.matches });
  let panzoom = null;
  let picture = null;
  let shown = null;
  let ticket = 0;

  const actualScale = () => {
    const fitted = frame.offsetWidth * devicePixelRatio;
    return shown && fitted ? Math.max(1, shown.width_px / fitted) : 1;
  };
  const report = () => {
    const scale = panzoom?.getScale() ?? 1;
    plane.style.setProperty("--zoom", String(scale));
    viewport.classList.toggle("zoomed", scale > 1);
    const percent = shown ? Math.round((100 * scale * frame.offsetWidth * devicePixelRatio) / shown.width_px) : 100;
    onZoom({ fit: scale === 1, actual: Math.abs(scale / actualScale() - 1) < 0.005, percent });
  };
  /** Panzoom wants its element in the page, so it starts with the first picture. */
  const start = () => {
    panzoom = Panzoom(plane, {
      canvas: true, contain: "outside", minScale: 1, maxScale: MOST_ZOOM, cursor: "", duration: 120,
      handleStartEvent: (event) => event.preventDefault(),
    });
    viewport.addEventListener("wheel", (event) => {
      event.preventDefault();
      panzoom.zoomWithWheel(event);
    }, { passive: false });
    plane.addEventListener("panzoomchange", report);
    new ResizeObserver(report).observe(viewport);
  };
  const fit = () => panzoom?.reset(motion());
  const actual = () => panzoom?.zoom(actualScale(), motion());
  const place = (version, image) => {
    const sameBox = shown?.width_px === version.width_px && shown?.height_px === version.height_px;
    shown = version;
    frame.style.setProperty("--ratio", String(version.width_px / version.height_px));
    frame.style.setProperty("--most", `${version.width_px}px`);
    if (picture) picture.replaceWith(image);
    else frame.prepend(image);
    picture = image;
    frame.hidden = false;
    if (!panzoom) start();
    if (!sameBox) panzoom.reset({ animate: false });
    report();
    onShown(version);
  };

  viewport.addEventListener("dblclick", (event) => {
    if (!panzoom || !frame.contains(event.target)) return;
    if (panzoom.getScale() > 1) fit();
    else panzoom.zoomToPoint(actualScale(), event);
  });

  return {
    root: viewport,
    frame,
    fit,
    actual,
    zoomIn: () => panzoom?.zoomIn(motion()),
    zoomOut: () => panzoom?.zoomOut(motion()),
    scale: () => panzoom?.getScale() ?? 1,
    /** @param {any} version VersionView, or null to clear */
    async show(version) {
      const mine = ++ticket;
      if (!version) {
        picture?.remove();
        picture = shown = null;
        frame.hidden = true;
        return;
      }
      if (version.sha256 === picture?.dataset.sha256 && version.number === shown.number) {
        setAttr(picture, "data-cost-usd", version.cost_usd ?? "");
        return;
      }
      const image = h("img", {
        class: "pic", src: blobUrl(version.sha256), alt: version.request || version.label, draggable: "false",
        dataset: { version: version.number, sha256: version.sha256, costUsd: version.cost_usd ?? "" },
      });
      const broken = await image.decode().then(() => false, () => true);
      if (mine !== ticket) return;
      image.classList.toggle("broken", broken);
      place(version, image);
    },
  };
}

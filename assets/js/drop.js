/** The whole window takes pictures: on the stage one to begin from, anywhere else references. */

import { h, icon, setAttr, state, toast } from "./core.js";
import { carriesFiles, droppedFiles, foldersOf, pastedPictures } from "./pictures.js";
import { addFiles, addVersionAsReference } from "./tray.js";
import { uploadAndBegin } from "./uploads.js";

const BLOB = /^\/blobs\/([0-9a-f]{64})/;
let depth = 0;

const begin = h("div", { class: "zone begin" }, h("span", null, icon("image", 20), "Begin from it"));
const refer = h("div", { class: "zone refer" }, h("span", null, icon("bookmark-plus", 20), "Add as reference"));
const overlay = h("div", { class: "dropping", hidden: true, "aria-hidden": "true" }, begin, refer);

/** Lays a zone over an element; one that is not displayed has none. */
function cover(zone, element) {
  const box = element?.getBoundingClientRect();
  zone.hidden = !box || box.width < 1 || box.height < 1;
  if (zone.hidden) return;
  Object.assign(zone.style, {
    left: `${box.left}px`,
    top: `${box.top}px`,
    width: `${box.width}px`,
    height: `${box.height}px`,
  });
}

function show() {
  if (!overlay.isConnected) document.body.append(overlay);
  cover(begin, document.getElementById("stage"));
  cover(refer, document.querySelector("[data-place=composer] .box"));
  overlay.hidden = false;
  document.documentElement.dataset.dragging = "files";
}

function hide() {
  depth = 0;
  overlay.hidden = true;
  delete document.documentElement.dataset.dragging;
}

function overBegin(target) {
  return target instanceof Element && target.closest("#stage, [data-drop=begin]") !== null;
}

/** A version dragged within the page is known already: its stored bytes count, not the thumbnail that was dragged. */
function versionIn(transfer) {
  const address = transfer.getData("text/uri-list").split("\n")[0];
  if (!address || !URL.canParse(address)) return null;
  const { origin, pathname } = new URL(address);
  const sha256 = origin === location.origin ? BLOB.exec(pathname)?.[1] : null;
  return state.view?.versions.find((version) => version.sha256 === sha256) ?? null;
}

async function take(files, toBegin) {
  if (!toBegin) {
    addFiles(files);
    return;
  }
  const [first, ...rest] = files;
  const began = await uploadAndBegin(first);
  if (began || rest.length > 0) addFiles(rest);
}

function onDrop(event) {
  if (!carriesFiles(event.dataTransfer)) return;
  event.preventDefault();
  const toBegin = overBegin(event.target);
  hide();
  const version = versionIn(event.dataTransfer);
  if (version) {
    if (!toBegin) addVersionAsReference(version);
    return;
  }
  for (const name of foldersOf(event.dataTransfer)) {
    toast({ sentence: `“${name}” is a folder. Drop the pictures in it instead.`, tone: "warn" });
  }
  const files = droppedFiles(event.dataTransfer);
  if (files.length > 0) take(files, toBegin);
}

function onEnter(event) {
  if (!carriesFiles(event.dataTransfer)) return;
  event.preventDefault();
  depth += 1;
  if (depth === 1 && !state.view?.read_only) show();
}

function onOver(event) {
  if (!carriesFiles(event.dataTransfer)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  const toBegin = overBegin(event.target);
  setAttr(begin, "data-over", toBegin);
  setAttr(refer, "data-over", !toBegin);
}

function onLeave(event) {
  if (!carriesFiles(event.dataTransfer)) return;
  depth -= 1;
  if (depth <= 0) hide();
}

function onPaste(event) {
  const pictures = pastedPictures(event.clipboardData);
  if (pictures.length === 0 || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  addFiles(pictures);
}

// Capture: Gradio's own elements must not get hold of a file first.
addEventListener("dragenter", onEnter, true);
addEventListener("dragover", onOver, true);
addEventListener("dragleave", onLeave, true);
addEventListener("drop", onDrop, true);
addEventListener("dragend", hide, true);
addEventListener("paste", onPaste);

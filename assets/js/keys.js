/** Keyboard shortcuts of the whole page. Those of the prompt box (send, stop, ↑) are composer.js's. */

import { call, runAction, setLocal, state } from "./core.js";
import { toggleCompare } from "./compare.js";
import { closePanels, panelCovers } from "./tabs.js";
import { step } from "./versions.js";

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const RUN = (command) => () => runAction({ command });

/** @type {Array<{shown: string[], does: string, keys?: string[], run?: () => void}>} */
export const KEYS = [
  { shown: [APPLE ? "⌘" : "Ctrl", "Enter"], does: "Send" },
  { shown: ["Esc"], does: "Stop, or close what is open" },
  { shown: ["↑"], does: "Edit the last request, in the empty prompt box" },
  { shown: ["←"], does: "Previous version", keys: ["ArrowLeft"], run: () => step(-1) },
  { shown: ["→"], does: "Next version", keys: ["ArrowRight"], run: () => step(1) },
  { shown: ["C"], does: "Compare with another version", keys: ["c"], run: toggleCompare },
  { shown: ["F"], does: "Fit", keys: ["f"], run: RUN("fit") },
  { shown: ["1"], does: "100 %", keys: ["1"], run: RUN("actual") },
  { shown: ["+"], does: "Zoom in", keys: ["+", "="], run: RUN("zoom_in") },
  { shown: ["−"], does: "Zoom out", keys: ["-"], run: RUN("zoom_out") },
  { shown: ["Shift", "←→↑↓"], does: "Move the zoomed picture" },
  { shown: ["D"], does: "Download", keys: ["d"], run: download },
  { shown: ["N"], does: "New conversation", keys: ["n"], run: RUN("new") },
  { shown: ["Alt", "←→"], does: "Move a reference, in the tray" },
  { shown: ["?"], does: "All keys", keys: ["?"], run: RUN("show_keys") },
];

const PAN_PX = 80;
const PANS = {
  ArrowLeft: [PAN_PX, 0],
  ArrowRight: [-PAN_PX, 0],
  ArrowUp: [0, PAN_PX],
  ArrowDown: [0, -PAN_PX],
};

const TYPED = "input:not([type=checkbox]):not([type=radio]):not([type=file]), textarea, select, [contenteditable=true]";
const OWN_ARROWS = "[role=radio], [role=tab], [role=slider], [role=listbox], [data-reference]";

function download() {
  const link = document.getElementById("download");
  if (link?.hasAttribute("href")) link.click();
}

function escape(event) {
  if (state.local.compare) setLocal({ compare: null });
  else if (panelCovers()) closePanels();
  else return; // nothing of ours is open: the composer stops the run
  event.preventDefault();
  event.stopImmediatePropagation();
}

function pressed(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return void escape(event);
  if (event.ctrlKey || event.metaKey || event.altKey || !state.view) return;
  if (event.target.closest?.(TYPED)) return;
  if (event.key.startsWith("Arrow") && event.target.closest?.(OWN_ARROWS)) return;
  if (event.shiftKey && event.key in PANS) {
    event.preventDefault();
    const [x, y] = PANS[event.key];
    call("pan", { x, y });
    return;
  }
  const key = KEYS.find(({ keys }) => keys?.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key));
  if (!key) return;
  event.preventDefault();
  key.run();
}

export function startKeys() {
  document.addEventListener("keydown", pressed);
}

/** Which version is shown, its relatives, and choosing another. */

import { call, holdUntil, setLocal, setView, state, subscribe } from "./core.js";

/** @param {any} view PageView @param {number | null | undefined} number @returns {any} VersionView or null */
export function versionOf(view, number) {
  return view.versions.find((version) => version.number === number) ?? null;
}

/** @param {any} view PageView @returns {any} the version on the stage, or null */
export function tipOf(view) {
  return versionOf(view, view.tip);
}

/** Whether two versions are pictures of one turn. */
function isSibling(number, other) {
  const turn = versionOf(state.view, number)?.turn_id;
  return Boolean(turn) && turn === versionOf(state.view, other)?.turn_id;
}

let wanted = null;
let wantedIn = ""; // the conversation
let told = Promise.resolve();

/** Tells the server until it knows the newest choice; a choice it does not take is undone. */
async function tell(conversation, before) {
  let kept = before;
  while (wanted !== null) {
    const asked = wanted;
    const reply = await call(isSibling(asked, kept) ? "choose" : "go_to", { number: asked });
    const moved = state.view.conversation_id !== conversation;
    if (reply.ok) kept = asked;
    if (wanted === asked || !reply.ok || moved) wanted = null;
    if (!reply.ok && !moved) setView({ ...state.view, tip: kept });
  }
}

/** A view that comes while a choice is under way may not know of the newest one yet. */
function keepChoice({ view }) {
  if (wanted === null || view.conversation_id !== wantedIn || view.tip === wanted || !versionOf(view, wanted)) return;
  setView({ ...view, tip: wanted });
}

/**
 * Makes a version the tip: shown at once, then told to the server. While one choice is under way only the newest waits.
 * @param {number} number
 */
export function choose(number) {
  const { view } = state;
  if (view.running) setLocal({ peek: view.running.turn_id });
  if (number === (wanted ?? view.tip)) return;
  const idle = wanted === null;
  wanted = number;
  wantedIn = view.conversation_id;
  setView({ ...view, tip: number });
  if (idle) told = tell(view.conversation_id, view.tip);
}

/** @param {1 | -1} direction along the strip */
export function step(direction) {
  const { versions, tip } = state.view;
  const index = versions.findIndex((version) => version.number === tip);
  const next = versions[index + direction];
  if (next) choose(next.number);
}

/** @param {any} version VersionView @returns {string} "2752 × 1536" */
export function pixelsOf(version) {
  return `${version.width_px} × ${version.height_px}`;
}

subscribe(keepChoice);
holdUntil("send", () => told);

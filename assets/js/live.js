/** The live link: the boot payload, the event stream of the open conversation, the address bar. */

import { setAttr, setBoot, setLocal, setRunning, setView, state, subscribe, toast } from "./core.js";

const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 15000;
const LOST_AFTER_MS = 1000; // a stream that is back sooner is no news

/** @type {EventSource | null} */
let stream = null;
let streamOf = "";
let retryMs = RETRY_FIRST_MS;
let lastProblem = "";
let lost = false;
let news = 0;

/** The link is gone; it is shown once it has been gone for a moment. */
function lose() {
  lost = true;
  if (state.local.connected) news ||= setTimeout(() => setLocal({ connected: false }), LOST_AFTER_MS);
}

/** The link stands again, and what was refused for want of it may go now. */
function regain() {
  lost = false;
  clearTimeout(news);
  news = 0;
  const { refusal } = state.local;
  setLocal({ connected: true, refusal: refusal?.category === "offline" ? null : refusal });
}

function asked() {
  return new URL(location.href).searchParams.get("c") ?? "";
}

/** A refusal comes with a sentence; where the page has nothing to show yet, it is all there is to show. */
async function saySo(response) {
  const { problem } = await response.json().catch(() => ({}));
  if (problem && problem !== lastProblem) toast({ sentence: problem, tone: "bad" });
  lastProblem = problem;
}

/** Fetches the session; a failure is shown as "Reconnecting…" and tried again, slower each time. */
async function boot(conversation) {
  const response = await fetch(`/session?conversation=${encodeURIComponent(conversation)}`).catch(() => null);
  if (!response?.ok) {
    if (response) await saySo(response);
    lose();
    setTimeout(() => boot(conversation), retryMs);
    retryMs = Math.min(retryMs * 2, RETRY_MOST_MS);
    return;
  }
  retryMs = RETRY_FIRST_MS;
  setBoot(await response.json());
  regain();
}

function listen(conversation) {
  stream?.close();
  streamOf = conversation;
  stream = new EventSource(`/events?conversation=${encodeURIComponent(conversation)}`);
  stream.addEventListener("view", (event) => setView(JSON.parse(event.data)));
  stream.addEventListener("running", (event) => setRunning(JSON.parse(event.data)));
  stream.addEventListener("open", () => {
    if (lost) boot(conversation); // the server may be another process, with another page token
  });
  stream.addEventListener("error", () => broken(conversation));
}

/** The browser reconnects by itself unless the server refused; then we do. */
function broken(conversation) {
  lose();
  if (stream?.readyState !== EventSource.CLOSED) return;
  setTimeout(() => {
    if (streamOf === conversation) listen(conversation);
  }, retryMs);
  retryMs = Math.min(retryMs * 2, RETRY_MOST_MS);
}

function remember(view) {
  const url = new URL(location.href);
  if (url.searchParams.get("c") !== view.conversation_id) {
    url.searchParams.set("c", view.conversation_id);
    history.replaceState(history.state, "", url);
  }
  const title = `${view.title} — Retake`;
  if (document.title !== title) document.title = title;
  setAttr(document.documentElement, "data-read-only", view.read_only);
}

export function startLive() {
  subscribe(({ view }) => {
    remember(view);
    if (view.conversation_id !== streamOf) listen(view.conversation_id);
  });
  boot(asked());
}

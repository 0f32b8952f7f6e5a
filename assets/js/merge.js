/**
 * What becomes of the prompt being written here when the studio, or another tab, changed the conversation. Pure.
 *
 * The box and the tray belong to the tab. While a conversation is open, other tabs reach them by turns only:
 *   a turn that is new takes its text from the box, where the box holds exactly that text;
 *   a turn that ended with pictures takes its references from the tray, pinned ones stay;
 *   the newest turn, ended without pictures, gives its text back to an empty box.
 * So what was typed or attached here and never sent stays, whatever another tab sends. Settings, and a tray that holds
 * nothing, follow the server's copy unless they were changed here.
 *
 * The server keeps one copy, the last one saved. A tab writes over it only what it changed or what it alone holds: a tab
 * that merely stands open never writes back what it shows.
 */

/** @typedef {{text: string, structured: Record<string, string>, settings: any, references: any[]}} Draft */

const GAVE_BACK = new Set(["refused", "failed", "cancelled", "interrupted"]);

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @param {Draft} draft @returns {Draft} as the server takes it: without keys, and without what is still on its way up */
export function payloadOf({ text, structured, settings, references }) {
  return { text, structured, settings, references: sentAs(references) };
}

function sentAs(references) {
  const ready = references.filter((reference) => reference.sha256);
  return ready.map(({ sha256, name, role, pinned, notes = [] }) => ({ sha256, name, role, pinned, notes }));
}

/** @param {Draft} draft @returns {Draft} the draft with an empty box */
export function withEmptyBox(draft) {
  return { ...draft, text: "", structured: emptied(draft.structured) };
}

function emptied(structured) {
  return Object.fromEntries(Object.keys(structured).map((name) => [name, ""]));
}

/**
 * A prompt that was not taken comes back: it first, then what was typed since.
 * @param {Draft} draft @param {{text: string, structured: Record<string, string>}} sent @returns {Draft}
 */
export function withReturned(draft, sent) {
  const fields = Object.keys(draft.structured).map((name) => [
    name,
    joined(sent.structured[name] ?? "", draft.structured[name]),
  ]);
  return { ...draft, text: joined(sent.text, draft.text), structured: Object.fromEntries(fields) };
}

function joined(first, then) {
  return [first, then].filter((text) => text.trim()).join("\n");
}

/* ---- turns -------------------------------------------------------------------------------------------------- */

/** @param {any[]} turns TurnView @returns {Record<string, string>} state by id */
export function statesOf(turns) {
  return Object.fromEntries(turns.map(({ id, state }) => [id, state]));
}

/**
 * @param {Record<string, string>} before states by id, of the view before
 * @param {any[]} turns TurnView
 * @returns {{begun: any[], answered: any[], gaveBack: any}} what happened since
 */
export function newsOf(before, turns) {
  const moved = turns.filter(({ id, state }) => before[id] !== state);
  const newest = moved.includes(turns.at(-1)) ? turns.at(-1) : null;
  return {
    begun: moved.filter(({ id }) => !(id in before)),
    answered: moved.filter(({ state }) => state === "done"),
    gaveBack: newest && GAVE_BACK.has(newest.state) ? newest : null,
  };
}

/** The box without what turns have taken from it. `sent`: this tab's own prompt, see draft.js. */
function leftInBox({ text, structured }, begun, sent) {
  for (const turn of begun) {
    const own = sent?.turn === turn.id;
    if (own && sent.away) continue; // it left the box when it was sent
    if (text === turn.text || (own && text === sent.text)) return { text: "", structured: emptied(structured) };
    // Put back too early: the reply was lost, or a reload came before the turn was on record.
    if (own && text.startsWith(`${sent.text}\n`)) return { text: text.slice(sent.text.length + 1), structured };
  }
  return { text, structured };
}

/* ---- an open conversation ----------------------------------------------------------------------------------- */

/**
 * @param {{draft: Draft, base: Draft, given?: any}} here the draft of this tab, what the server was known to have, and
 *   the text a turn gave back, while nobody has touched it: `{text, seen}`, `seen` once the server's copy had it too
 * @param {Draft} incoming the server's copy now; null where only turns moved
 * @param {{begun: any[], answered: any[], gaveBack: any}} news
 * @param {any} sent
 * @returns {{draft: Draft, base: Draft, given: any}}
 */
export function settled(here, incoming, news, sent) {
  const server = incoming ? payloadOf(incoming) : here.base;
  const box = settledBox(here, server, news, sent);
  const tray = settledTray(here, incoming, news.answered);
  const { settings } = same(here.draft.settings, here.base.settings) ? (incoming ?? here.draft) : here.draft;
  return {
    draft: { text: box.text, structured: box.structured, settings, references: tray.references },
    given: box.given ?? null,
    base: { ...server, ...(box.own ? {} : pickBox(box)), ...(tray.own ? {} : { references: sentAs(tray.references) }) },
  };
}

function pickBox({ text, structured }) {
  return { text, structured };
}

function settledBox({ draft, base, given }, server, { begun, gaveBack }, sent) {
  const left = leftInBox(draft, begun, sent);
  const full = left.text.trim() !== "";
  if (!full && gaveBack) {
    const seen = server.text === gaveBack.text;
    const { structured } = seen ? server : left;
    return { text: gaveBack.text, structured, own: false, given: { text: gaveBack.text, seen } };
  }
  if (full && given && left.text === given.text) {
    // It is nobody's: it stays while the server's copy has it, and goes with it.
    if (server.text === given.text) return { ...pickBox(server), own: false, given: { ...given, seen: true } };
    if (given.seen) return { ...pickBox(server), own: false };
  }
  const untouched = same(pickBox(draft), pickBox(base));
  if (full && untouched && left.text === server.text) return { ...pickBox(server), own: true };
  const emptiedHere = !full && draft.text === left.text && !untouched;
  return { ...left, own: full || emptiedHere };
}

function settledTray({ draft, base }, incoming, answered) {
  const edited = !same(sentAs(draft.references), base.references);
  if (!edited && draft.references.length === 0) return { references: incoming?.references ?? [], own: false };
  const used = new Set(answered.flatMap((turn) => turn.references.map(({ sha256 }) => sha256)));
  const references = draft.references.filter(({ sha256, pinned }) => pinned || !used.has(sha256));
  const known = new Set((incoming ?? base).references.map(({ sha256 }) => sha256));
  return { references, own: edited || sentAs(references).some(({ sha256 }) => !known.has(sha256)) };
}

/* ---- a conversation that is opened -------------------------------------------------------------------------- */

/**
 * The server's copy with the unsaved work this browser kept of it. Three ways: what was edited since `base` stays,
 * unless it was sent meanwhile; everything else is the server's.
 * @param {Draft} incoming
 * @param {{draft: Draft, base: Draft}} kept
 * @param {{begun: any[]}} news
 * @param {any} sent
 * @returns {Draft}
 */
export function reopened(incoming, { draft: local, base }, { begun }, sent) {
  const here = { ...local, ...leftInBox(local, begun, sent) };
  const edited = payloadOf(here);
  const pick = (name) => (same(edited[name], base[name]) ? incoming[name] : here[name]);
  const taken = here.text !== local.text && here.text === "";
  return {
    text: taken ? incoming.text : pick("text"),
    structured: taken ? incoming.structured : pick("structured"),
    settings: pick("settings"),
    references: mergedReferences(incoming.references, here.references, { edited, base }),
  };
}

function mergedReferences(incoming, local, { edited, base }) {
  if (same(edited.references, base.references)) return incoming;
  if (same(sentAs(incoming), base.references)) return local;
  const known = new Set([...base.references, ...incoming].map((reference) => reference.sha256));
  return [...incoming, ...local.filter((reference) => !known.has(reference.sha256))];
}

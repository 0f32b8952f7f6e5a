// The inspector's page. Everything that came from a call is put in with textContent, never as HTML.
"use strict";

const POLL_MS = 800;
const TINY_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
const BYPASS = "skip_thought_signature_validator";
const METHODS = {
  generateContent: "generate", streamGenerateContent: "stream", interactions: "interaction", batches: "batch",
};
const ENDINGS = {
  client_gone: "The client left before the answer was whole",
  reset: "The connection was reset in place of an answer",
  reset_in_image: "The connection was reset in the middle of the picture",
  no_answer: "Nothing was ever answered",
  html: "A gateway’s page was sent in place of the answer",
  broken_json: "Half an object was sent in place of the answer",
  cut: "The answer ended without saying why",
};
const SIGNATURES = {
  "valid": ["good", "valid"],
  "missing": ["bad", "missing, but needed here"],
  "altered": ["bad", "altered, or not this sandbox’s"],
  "of another part": ["bad", "made for another part"],
  "bypass": ["odd", "bypass value, not checked"],
  "not checked": ["", "not checked for this model"],
  "made here": ["good", "to be sent back unchanged"],
};

const $ = (id) => document.getElementById(id);
const state = { version: "", rows: [], spending: {}, chosen: null, shownKey: "", nodes: new Map(), texts: new Map(), detail: null };

// --- small things

function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const number = (value) => Number(value).toLocaleString("en-US");
const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

function bytes(count) {
  if (count === null || count === undefined) return "–";
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1e3).toFixed(count < 1e4 ? 1 : 0)} kB`;
  return `${(count / 1e6).toFixed(count < 1e7 ? 2 : 1)} MB`;
}

function seconds(value) {
  if (value === null || value === undefined) return "–";
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`;
}

// Amounts arrive as decimal text and are shown to six places at most; they are never added up here.
function usd(text) {
  if (text === null || text === undefined) return "unknown";
  const value = Number(text);
  if (value === 0) return "$0";
  return `$${value.toFixed(value < 0.1 ? 5 : 4).replace(/0+$/, "").replace(/\.(\d?)$/, (_, one) => `.${one.padEnd(2, "0")}`)}`;
}

// Decimal text as it came, with two places at least.
const money = (text) => {
  const [whole, places = ""] = String(text).split(".");
  return `${whole}.${places.padEnd(2, "0")}`;
};

function cost(row) {
  if (!row.cost) return "";
  if (row.cost.kind === "no charge") return "no charge";
  if (row.cost.kind === "unknown") return "cost unknown";
  return usd(row.cost.usd) + (row.cost.kind === "unconfirmed" ? " unconfirmed" : "");
}

function clock(at, { withDay = false } = {}) {
  const time = new Date(at);
  const shown = time.toLocaleTimeString([], { hour12: false });
  return withDay ? `${time.toLocaleDateString()} ${shown}` : shown;
}

let toasting = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => { $("toast").hidden = true; }, 1800);
}

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${said} copied`);
  } catch {
    toast("The browser did not allow copying");
  }
}

const copier = (text, said, label = "Copy") =>
  el("button", { type: "button", class: "link", "aria-label": `Copy ${said}`, onclick: () => copy(text, said) }, label);

// --- what a call came to, in words

const refused = (row) => row.status !== 200 || !answered(row);
const answered = (row) => row.other ? row.status < 400 : row.status === 200 && ["STOP", "MAX_TOKENS"].includes(row.verdict);
const mood = (row) => (answered(row) ? "good" : row.status === 200 ? "odd" : "bad");
const statusWord = (row) => row.status || "none";

function verdictOf(row) {
  if (row.other) return row.verdict || (row.status < 400 ? "Answered" : "Refused");
  if (answered(row)) return "Answered";
  if (ENDINGS[row.verdict]) return ENDINGS[row.verdict];
  if (row.status === 200) return `Answered without the picture: ${row.verdict || "no reason given"}`;
  return row.verdict || "No answer";
}

function causeOf(row) {
  const causes = (row.scenarios || []).map((name) => `scenario ${name}`);
  if (row.fault) causes.unshift(`queued fault ${row.fault}`);
  return causes.join(", ");
}

const methodOf = (row) => METHODS[row.method] || row.method;

// --- the list

function rowNode(row) {
  const cause = causeOf(row);
  const status = el("span", { class: `chip ${mood(row)}` }, String(statusWord(row)));
  const when = el("time", { class: "when", datetime: row.at }, clock(row.at));
  const node = el("li", {
    class: row.other ? "row other" : "row", role: "option", tabindex: "-1", data: { number: row.number },
    "aria-selected": String(row.number === state.chosen), onclick: () => choose(row.number, { open: true }),
  });
  if (row.other) {
    const times = row.times > 1 ? el("span", {}, `× ${row.times}`) : null;
    node.append(status, el("span", { class: "what" }, `${row.method} ${row.path}`, times), when);
    if (row.status >= 400) node.append(el("span", { class: "asked wrong" }, verdictOf(row)));
    return node;
  }
  node.append(status, el("span", { class: "what" }, el("b", {}, row.model || "no model"), el("span", {}, methodOf(row))), when);
  if (!answered(row)) {
    const told = [row.error_status, verdictOf(row)].filter(Boolean).join(" · ");
    node.append(el("span", { class: `asked ${row.status === 200 ? "strange" : "wrong"}` }, told));
  }
  if (row.asked || answered(row)) node.append(el("span", { class: "asked" }, row.asked || "…"));
  if (cause) node.append(el("span", { class: "asked strange" }, `By ${cause}`));
  const pictures = row.seen ? `${row.pictures_in} → ${plural(row.pictures_out, "picture")}` : "";
  node.append(el("span", { class: "facts" },
    pictures ? el("span", { title: "Pictures in the request → in the answer" }, pictures) : null,
    el("span", { title: "Bytes up and down" }, `↑ ${bytes(row.body_bytes)} ↓ ${bytes(row.answer_bytes)}`),
    el("span", { title: "From the last byte of the request to the last of the answer" }, seconds(row.engine_s)),
    el("b", {}, cost(row))));
  return node;
}

function shownRows() {
  const model = $("model").value;
  return state.rows.filter((row) =>
    (!model || row.model === model) && (!$("refused").checked || refused(row)) &&
    (!row.other || $("others").checked || row.status >= 400));
}

function showList() {
  const list = $("list"), at = list.scrollTop, known = state.nodes.size > 0;
  const rows = shownRows(), nodes = new Map(), texts = new Map();
  const focused = document.activeElement?.closest?.(".row")?.dataset.number;
  for (const row of rows) {
    const text = JSON.stringify(row);
    const same = state.texts.get(row.number) === text;
    const node = same ? state.nodes.get(row.number) : rowNode(row);
    if (known && !state.nodes.has(row.number)) node.classList.add("fresh");
    node.setAttribute("aria-selected", String(row.number === state.chosen));
    node.tabIndex = row.number === (state.chosen ?? rows[0].number) ? 0 : -1;
    nodes.set(row.number, node);
    texts.set(row.number, text);
  }
  // A list that was scrolled keeps the row under the eye where it is, whatever came above it or left below.
  const eye = at > 0 ? [...state.nodes].find(([which, node]) => nodes.has(which) && node.offsetTop + node.offsetHeight > at) : undefined;
  const eyeAt = eye?.[1].offsetTop;
  Object.assign(state, { nodes, texts });
  $("rows").replaceChildren(...nodes.values());
  list.scrollTop = eye ? at + nodes.get(eye[0]).offsetTop - eyeAt : at;
  if (focused) nodes.get(Number(focused))?.focus({ preventScroll: true });
  $("none").hidden = rows.length > 0;
  $("panes").classList.toggle("empty", state.rows.length === 0);
  if (state.rows.length === 0) showWelcome();
  else showDetail();
}

function showTotals() {
  const spent = Object.entries(state.spending);
  const sum = (field) => spent.reduce((total, [, each]) => total + Number(each[field]), 0);
  const item = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
  $("totals").replaceChildren(item("Calls", number(sum("calls"))), item("Refused", number(sum("refused"))));
  const besides = [
    sum("unconfirmed_usd") ? `+ ${usd(sum("unconfirmed_usd"))} unconfirmed` : "",
    sum("unknown") ? `+ ${sum("unknown")} unknown` : "",
  ].filter(Boolean).join(" ");
  $("spend").replaceChildren(usd(sum("usd")), besides ? el("small", {}, ` ${besides}`) : "");
  const line = (cells, tag = "td") => el("tr", {}, cells.map((cell) => el(tag, {}, cell)));
  $("spend-sheet").replaceChildren(
    el("table", {}, el("thead", {}, line(["Model", "Calls", "Spend", "Unconfirmed", "Unknown"], "th")),
      el("tbody", {}, spent.map(([model, each]) => line([model || "no model", number(each.calls), `$${money(each.usd)}`, `$${money(each.unconfirmed_usd)}`, number(each.unknown)])))),
    el("p", { class: "note" }, `Since the sandbox started, ${clock(state.started, { withDay: true })}. Clearing the list does not change it.`));
}

function showModels() {
  const models = [...new Set(state.rows.map((row) => row.model).filter(Boolean))].sort();
  const chosen = $("model").value;
  const options = chosen && !models.includes(chosen) ? [chosen, ...models] : models;
  const named = ["", ...options];
  if (named.join("\n") === [...$("model").options].map((option) => option.value).join("\n")) return;
  $("model").replaceChildren(...named.map((name) => el("option", { value: name }, name || "All models")));
  $("model").value = chosen;
}

// --- one call

function choose(which, { open = false } = {}) {
  state.chosen = which;
  if (open) $("panes").classList.add("open");
  showList();
  state.nodes.get(which)?.scrollIntoView({ block: "nearest" });
}

async function showDetail() {
  const row = state.rows.find((each) => each.number === state.chosen);
  if (!row) {
    if (state.shownKey !== "nothing") {
      state.shownKey = "nothing";
      $("panes").classList.remove("open");
      $("detail").replaceChildren(el("p", { class: "pick" }, "Choose a call: ", el("kbd", {}, "j"), " ", el("kbd", {}, "k"), " to move, ", el("kbd", {}, "Enter"), " to open."));
    }
    return;
  }
  const key = JSON.stringify(row);
  if (key === state.shownKey) return;
  const again = state.shownKey.startsWith(`{"number":${row.number},`) || state.detail?.row.number === row.number;
  state.shownKey = key;
  const answer = await fetch(`/inspector/calls/${row.number}`);
  if (!answer.ok || state.shownKey !== key) return;
  state.detail = await answer.json();
  if (state.shownKey !== key) return;
  const at = again ? $("detail").scrollTop : 0;
  $("detail").replaceChildren(...detailNodes(state.detail));
  $("detail").scrollTop = at;
}

function detailNodes({ row, usage, bill, error, detail, thumbnails }) {
  const has = new Set(thumbnails);
  const title = row.other ? `${row.method} ${row.path}` : row.asked || row.model || "A call";
  const actions = [el("button", { type: "button", class: "back", onclick: close }, "← All calls")];
  if (detail.raw && row.batch === null) actions.push(el("button", { type: "button", id: "copy-curl", onclick: () => copy(asCurl(row, detail.raw), "curl command") }, "Copy as curl"));
  if (!row.other) actions.push(el("button", { type: "button", id: "copy-json", onclick: () => copy(JSON.stringify({ row, usage, bill, error, ...detail }, null, 2), "JSON") }, "Copy as JSON"));
  const nodes = [
    el("div", { class: "head" },
      el("div", {}, el("h2", {}, title), el("code", { class: "address" }, row.other ? "" : `${row.batch ? "" : "POST "}${row.path}`)),
      el("div", { class: "actions" }, actions)),
    verdictNode(row, detail),
    factsNode(row),
  ];
  if (row.unseen) nodes.push(el("p", { class: "quiet" }, row.unseen));
  else if (!row.other && !row.seen) nodes.push(el("p", { class: "quiet" }, "Being taken apart…"));
  if (detail.contents) nodes.push(...requestNodes(detail, has), ...answerNodes(row, detail, error, has));
  if (usage && Object.keys(usage).length) nodes.push(block("Usage", "usageMetadata", usageNode(usage)));
  if (!row.other) nodes.push(block("Simulated bill", "", ...billNodes(row, bill)));
  nodes.push(clientNode(row, detail.headers || {}));
  if (detail.raw) nodes.push(el("details", { class: "block" }, el("summary", {}, "Request as JSON, shortened"), el("pre", { class: "json" }, typeof detail.raw === "string" ? detail.raw : JSON.stringify(detail.raw, null, 2))));
  return nodes.filter(Boolean);
}

function block(title, note, ...children) {
  return el("section", { class: "block" }, el("h3", {}, title, note ? el("small", {}, note) : null), ...children);
}

function verdictNode(row, detail) {
  const cause = causeOf(row);
  const at = detail.named?.join(".");
  const jump = () => document.querySelector(`.part[data-at="${at}"]`)?.scrollIntoView({ block: "center" });
  return el("div", { class: `verdict ${mood(row)}`, id: "verdict" },
    el("p", {}, el("span", { class: `chip ${mood(row)}` }, [statusWord(row), row.error_status].filter(Boolean).join(" ")), " ", verdictOf(row)),
    cause ? el("p", {}, `Brought about by ${cause}.`) : null,
    at ? el("p", {}, "It is about ", el("button", { type: "button", class: "link", onclick: jump }, `content ${detail.named[0]}, part ${detail.named[1]}`), ".") : null);
}

function factsNode(row) {
  const fact = (name, value, look = "") => (value === null || value === "" ? null : el("div", { class: look }, el("dt", {}, name), el("dd", {}, value)));
  return el("dl", { class: "facts-grid" },
    fact("Time", clock(row.at)), row.other ? null : fact("Model", row.model || "–", "wide"),
    row.other ? null : fact("Up", bytes(row.body_bytes)), fact("Down", bytes(row.answer_bytes)),
    fact("Engine time", seconds(row.engine_s)), row.other ? null : fact("Cost", cost(row)));
}

function requestNodes(detail, has) {
  const nodes = [];
  if (detail.problem) nodes.push(block("Request", "", el("p", { class: "note" }, "The body could not be read part by part; it stands below as JSON.")));
  const settings = flat(detail.settings);
  if (settings.length) nodes.push(block("Settings", "", pairsNode(settings)));
  if (detail.tools) nodes.push(block("Tools", "", pairsNode(flat(detail.tools).map(([name, value]) => [name.replace(/^\d+\./, ""), value]))));
  if (detail.system.length) nodes.push(block("System instruction", "", contentNode({ role: "system", parts: detail.system }, has)));
  if (detail.contents.length) {
    nodes.push(block("Contents", `${plural(detail.contents.length, "content")}, counted from 1 as the errors count`,
      detail.contents.map((content, index) => contentNode({ position: index + 1, ...content }, has))));
  }
  if (detail.left_out) nodes.push(el("p", { class: "note" }, `${plural(detail.left_out, "more part")} not shown.`));
  return nodes;
}

function answerNodes(row, detail, error, has) {
  const nodes = [];
  if (detail.answer.length) nodes.push(block("Answer", `finishReason ${row.verdict}`, contentNode({ role: "model", parts: detail.answer }, has)));
  if (error) nodes.push(block("Error body", "", jsonNode(error)));
  return nodes;
}

// {"generationConfig": {"imageConfig": {"imageSize": "1K"}}} as ["imageConfig.imageSize", "1K"]
function flat(value, path = "") {
  const isList = Array.isArray(value) && value.every((item) => item === null || typeof item !== "object");
  if (value === null || typeof value !== "object" || isList || !Object.keys(value).length) {
    const shown = isList ? value.join(", ") || "[]" : typeof value === "object" ? JSON.stringify(value) : String(value);
    return path ? [[path.replace(/^generation_?config\./i, ""), shown]] : [];
  }
  return Object.entries(value).flatMap(([name, item]) => flat(item, path ? `${path}.${name}` : name));
}

const pairsNode = (pairs) => el("div", { class: "scroll", tabindex: "0" }, el("table", { class: "pairs" }, el("tbody", {}, pairs.map(([name, value]) =>
  el("tr", {}, el("td", {}, el("code", {}, name)), el("td", {}, el("code", {}, value)))))));

const jsonNode = (value) => el("pre", { class: "json" }, JSON.stringify(value, null, 2));

function contentNode(content, has) {
  const title = content.position ? `Content ${content.position}` : content.role === "model" ? "Candidate" : "Instruction";
  return el("div", { class: "content" },
    el("header", {}, el("b", {}, title), content.position || content.role === "model" ? content.role : null, el("span", {}, plural(content.parts.length, "part"))),
    content.parts.map((part, index) => partNode(part, part.position || index + 1, content.position, has)));
}

function partNode(part, position, contentPosition, has) {
  const at = contentPosition ? `${contentPosition}.${position}` : `${position}`;
  const chips = [
    part.named ? el("span", { class: "chip bad" }, "named by the error") : null,
    part.thought ? el("span", { class: "chip" }, "thought") : null,
    part.kind === "other" ? el("span", { class: "chip" }, "other kind of part") : null,
    part.kind === "file" ? el("span", { class: "chip" }, `file ${part.mime_type || ""}`) : null,
  ].filter(Boolean);
  const body = el("div", { class: "body" }, chips.length ? el("div", { class: "line" }, chips) : null);
  if (part.text) body.append(el("pre", { class: part.thought ? "text thought" : "text" }, part.text.trimEnd()));
  if (part.chars > (part.text || "").length) body.append(el("p", { class: "note" }, `${number(part.chars)} characters in all`));
  if (part.data_sha256) body.append(pictureNode(part, has));
  const signature = signatureNode(part);
  if (signature) body.append(signature);
  return el("div", { class: part.named ? "part named" : "part", data: { at } }, el("span", { class: "at" }, at), body);
}

function pictureNode(part, has) {
  const pixels = part.pixels ? `${part.pixels[0]} × ${part.pixels[1]} px` : "";
  const preview = has.has(part.data_sha256)
    ? el("img", { src: `/inspector/pictures/${part.data_sha256}`, alt: `Thumbnail, ${pixels || part.mime_type}` })
    : el("span", { class: "blank" }, "no preview");
  return el("figure", { class: "picture" }, preview, el("figcaption", {},
    el("span", {}, part.mime_type), pixels ? el("span", {}, pixels) : null, el("span", { title: `${number(part.data_bytes)} bytes` }, bytes(part.data_bytes)),
    el("span", {}, digestNode(part.data_sha256, "SHA-256 of the picture"))));
}

const digestNode = (sha256, said) => el("span", { title: sha256 }, el("code", {}, sha256.slice(0, 12)), copier(sha256, said));

function signatureNode(part) {
  const [look, words] = SIGNATURES[part.verdict] || ["", ""];
  if (!part.signature_sha256) return part.verdict === "missing" ? el("div", { class: "line bad" }, "thoughtSignature ", el("span", { class: "chip bad" }, words)) : null;
  return el("div", { class: "line" }, "thoughtSignature", el("span", { title: `${number(part.signature_bytes)} bytes` }, bytes(part.signature_bytes)),
    digestNode(part.signature_sha256, "SHA-256 of the signature"), words ? el("span", { class: `chip ${look}` }, words) : null);
}

function usageNode(usage) {
  const details = (list) => (list || []).map((each) => `${each.modality.toLowerCase()} ${number(each.tokenCount)}`).join(" + ");
  const image = (usage.candidatesTokensDetails || []).reduce((total, each) => total + each.tokenCount, 0);
  const candidates = usage.candidatesTokenCount || 0;
  const terms = [["prompt", usage.promptTokenCount, details(usage.promptTokensDetails)]];
  if (candidates) terms.push(["candidates", candidates, [details(usage.candidatesTokensDetails), candidates > image ? `text and hidden ${number(candidates - image)}` : ""].filter(Boolean).join(" + ")]);
  if (usage.thoughtsTokenCount) terms.push(["thoughts", usage.thoughtsTokenCount, ""]);
  return el("div", {}, el("p", { class: "sum" }, terms.map(([name, count, of], index) => [
    index ? " + " : "", `${name} ${number(count)}`, of ? el("span", {}, ` (${of})`) : "",
  ]), " = ", el("b", {}, number(usage.totalTokenCount)), " total"), el("details", {}, el("summary", {}, "As it was sent"), jsonNode(usage)));
}

function billNodes(row, bill) {
  if (!bill) {
    const why = row.cost.kind === "no charge" ? "No charge: the service does not bill an HTTP 4xx." : "Unknown: there is no usage to go by, and what the real service would have charged nobody can tell.";
    return [el("p", { class: "sum" }, why)];
  }
  const line = (cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell)));
  const rows = bill.lines.map((each) => line([
    each.what, number(each.count), each.per === 1 ? `$${money(each.rate_usd)} each` : `$${money(each.rate_usd)} / 1M`, `$${money(each.usd)}`,
  ]));
  if (bill.factor !== "1") rows.push(line(["batch price", "", `× ${bill.factor}`, ""]));
  const nodes = [el("div", { class: "scroll", tabindex: "0" }, el("table", { id: "bill" },
    el("thead", {}, el("tr", {}, ["For", "Count", "Rate", "USD"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows), el("tfoot", {}, line([bill.unconfirmed ? "Total, unconfirmed" : "Total", "", "", `$${money(bill.usd)}`]))))];
  if (bill.unconfirmed) nodes.push(el("p", { class: "note" }, "A refusal that reports usage: reckoned without a picture. Whether the real service charges it is not documented."));
  nodes.push(el("p", { class: "note" }, `Simulated; nobody is charged. Prices in force since ${bill.since}: ${bill.source}.`));
  return nodes;
}

function clientNode(row, headers) {
  const shown = Object.entries(headers);
  if (!row.other) shown.push(["x-goog-api-key", row.key_tail ? `…${row.key_tail}` : "none"]);
  if (!shown.length) return null;
  return block("Client", "headers", pairsNode(shown));
}

// A command that runs: long pictures become a dot, long signatures the documented value that skips the check.
function asCurl(row, raw) {
  const stand = (value, name, parent) => {
    if (typeof value === "string" && /^<[\d,]+ characters of base64>$/.test(value)) return /signature/i.test(name) ? BYPASS : TINY_PNG;
    if (Array.isArray(value)) return value.map((item) => stand(item, "", parent));
    if (value && typeof value === "object") {
      const isDot = typeof value.data === "string" && value.data.startsWith("<");
      return Object.fromEntries(Object.entries(value).map(([key, item]) =>
        [key, isDot && /^mime_?type$/i.test(key) ? "image/png" : stand(item, key, value)]));
    }
    return value;
  };
  const body = JSON.stringify(stand(raw, "", null), null, 2).replaceAll("'", "\\u0027");
  const query = row.method === "streamGenerateContent" ? "?alt=sse" : "";
  return [
    `curl '${location.origin}${row.path.replaceAll("'", "%27")}${query}' \\`, `  -H "x-goog-api-key: \${GEMINI_API_KEY:-any}" \\`,
    "  -H 'content-type: application/json' \\", `  --data-binary '${body}'`,
  ].join("\n");
}

// --- nothing yet

function showWelcome() {
  state.chosen = null;
  if (state.shownKey === "welcome") return;
  state.shownKey = "welcome";
  $("panes").classList.remove("open");
  const at = location.origin;
  const snippets = [
    ["Python, google-genai", `from google import genai\n\nclient = genai.Client(api_key="any", http_options={"base_url": "${at}"})\nanswer = client.models.generate_content(\n    model="gemini-nano-banana-2.1", contents="A red fox in the snow"\n)\nfor part in answer.parts:\n    if image := part.as_image():\n        image.save("fox.jpg")`],
    ["JavaScript, @google/genai", `import { GoogleGenAI } from "@google/genai";\n\nconst ai = new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: "${at}" } });\nconst answer = await ai.models.generateContent({\n  model: "gemini-nano-banana-2.1", contents: "A red fox in the snow",\n});`],
    ["curl", `curl '${at}/v1beta/models/gemini-nano-banana-2.1:generateContent' \\\n  -H 'x-goog-api-key: any' -H 'content-type: application/json' \\\n  -d '{"contents": [{"parts": [{"text": "A red fox in the snow"}]}]}'`],
  ];
  $("detail").replaceChildren(el("div", { class: "welcome" },
    el("h2", {}, "Nothing has been asked yet"),
    el("p", {}, "Point a client of the Gemini API here, with any key. Each call appears on this page as it is answered: what was sent, part by part, what came back, and what it would have cost."),
    snippets.map(([name, text]) => el("section", { class: "snippet" }, el("header", {}, name, copier(text, `${name} snippet`)), el("pre", {}, text)))));
}

// --- life

function close() {
  $("panes").classList.remove("open");
  state.nodes.get(state.chosen)?.focus();
}

function move(by) {
  const numbers = [...state.nodes.keys()];
  if (!numbers.length) return;
  const now = numbers.indexOf(state.chosen);
  choose(numbers[Math.min(Math.max(now + by, 0), numbers.length - 1)]);
  state.nodes.get(state.chosen).focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input, button, summary, a")) return;
  const inDetail = event.target.closest("#detail");
  if (event.key === "j" || (event.key === "ArrowDown" && !inDetail)) move(1);
  else if (event.key === "k" || (event.key === "ArrowUp" && !inDetail)) move(-1);
  else if (event.key === "Enter" && state.chosen !== null) {
    choose(state.chosen, { open: true });
    $("detail").focus();
  } else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
const sheet = document.querySelector(".spend");
document.addEventListener("click", (event) => { if (!sheet.contains(event.target)) sheet.open = false; });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") sheet.open = false; });
for (const id of ["model", "refused", "others"]) $(id).addEventListener("change", showList);
$("clear").addEventListener("click", async () => {
  const answer = await fetch("/inspector/clear", { method: "POST" });
  if (answer.ok) await look();
});

async function look() {
  const answer = await fetch(`/inspector/calls?version=${state.version}`);
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
  const list = await answer.json();
  if (!list.rows) return;
  if (state.rows.length === 0 && list.rows.length) state.shownKey = "";
  Object.assign(state, { version: `${list.version}`, rows: list.rows, spending: list.spending, started: list.started });
  showModels();
  showTotals();
  showList();
}

async function live() {
  try {
    if (!document.hidden) await look();
    $("live").classList.add("on");
    $("live").textContent = "live";
  } catch {
    $("live").classList.remove("on");
    $("live").textContent = "not reached";
    state.version = "";
  }
  setTimeout(live, POLL_MS);
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) look().catch(() => {}); });
live();

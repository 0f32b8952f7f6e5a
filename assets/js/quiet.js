/**
 * Small pictures wait while the stage decodes its large one: on few cores they would take time from what is looked at.
 */

import { setAttr } from "./core.js";

const LONGEST_WAIT_MS = 1500;

/** @type {Map<HTMLImageElement, string | null>} */
const wanted = new Map();
let decoding = 0;
let scheduled = false;

function flush() {
  scheduled = false;
  if (decoding > 0) return;
  for (const [image, url] of wanted) setAttr(image, "src", url);
  wanted.clear();
}

function schedule() {
  if (scheduled) return;
  scheduled = true;
  setTimeout(flush); // after this round of rendering, in which the stage says whether it has something to decode
}

/** @param {HTMLImageElement} image @param {string | null} url shown once the stage is done */
export function setQuietSrc(image, url) {
  if (!wanted.has(image) && image.getAttribute("src") === url) return;
  wanted.set(image, url);
  schedule();
}

/** @param {Promise<any>} decoded the stage's picture, from its address to its pixels */
export function whileDecoding(decoded) {
  decoding += 1;
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    decoding -= 1;
    schedule();
  };
  setTimeout(end, LONGEST_WAIT_MS);
  decoded.then(end, end);
}

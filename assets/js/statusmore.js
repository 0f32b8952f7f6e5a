/** The status line has a place of one line: "More" shows what does not fit in it, above the composer. */

import { h, setAttr, setText } from "./core.js";

const PHONE = matchMedia("(max-width: 819.98px)");

/**
 * @param {{line: HTMLElement, status: HTMLElement, sentence: HTMLElement, fold: HTMLElement}} parts of the status line
 * @returns {{button: HTMLElement, update: () => void}} `update` after each change of the sentence or the fold
 */
export function buildMore({ line, status, sentence, fold }) {
  const button = h("button", { type: "button", class: "act more", hidden: true, onclick: () => open(!isOpen()) });
  let shown = "";

  const isOpen = () => line.hasAttribute("data-open");
  function open(wanted) {
    setAttr(line, "data-open", wanted);
    setAttr(button, "aria-expanded", String(wanted));
    setText(button, wanted ? "Less" : "More");
  }
  function measure() {
    if (isOpen()) return;
    const cut = sentence.scrollWidth > sentence.clientWidth || sentence.scrollHeight > sentence.clientHeight + 1;
    button.hidden = !cut && !(PHONE.matches && !fold.hidden);
    setAttr(sentence, "title", cut ? sentence.textContent : null);
  }
  function update() {
    const now = `${sentence.textContent}${fold.hidden}`;
    if (now === shown) return;
    shown = now;
    open(false);
    button.hidden = true;
    measure();
  }
  status.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.stopPropagation();
    open(false);
    button.focus();
  });
  new ResizeObserver(measure).observe(sentence);
  open(false);
  return { button, update };
}

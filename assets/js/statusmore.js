/** The status line has a place of one line: "More" shows what does not fit in it, over the composer. */

import "./composer.js"; // it builds the line; what registers for a place later is built later
import { h, place, setAttr, setText, whenChanged } from "./core.js";

const PHONE = matchMedia("(max-width: 819.98px)");

function build(element) {
  const line = element.querySelector(".statusline");
  const status = element.querySelector("#status");
  const sentence = status.querySelector(".sentence");
  const fold = status.querySelector("[aria-controls=status-detail]");
  const more = h("button", { type: "button", class: "act more", hidden: true, onclick: () => open(!isOpen()) }, "More");
  fold.before(more);

  const isOpen = () => line.hasAttribute("data-open");
  function open(wanted) {
    setAttr(line, "data-open", wanted);
    setAttr(more, "aria-expanded", String(wanted));
    setText(more, wanted ? "Less" : "More");
  }
  function measure() {
    if (isOpen()) return;
    const cut = sentence.scrollWidth > sentence.clientWidth || sentence.scrollHeight > sentence.clientHeight + 1;
    more.hidden = !cut && !(PHONE.matches && !fold.hidden);
    setAttr(sentence, "title", cut ? sentence.textContent : null);
  }
  status.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.stopPropagation();
    open(false);
    more.focus();
  });
  new ResizeObserver(measure).observe(sentence);
  open(false);
  return whenChanged(
    () => [sentence.textContent, fold.hidden],
    () => {
      open(false);
      more.hidden = true;
      measure();
    },
  );
}

place("composer", build);

/** Radio groups and switches of buttons: one tab stop per group, arrow keys move and choose (WAI-ARIA practices). */

import { h, keyed, setAttr } from "./core.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * @typedef {{value: string, content: () => any, title?: string}} Option
 * @param {{id: string, label: string, className: string, onPick: (value: string) => void}} settings
 * @returns {{element: HTMLElement, update: (options: Option[], value: string) => void}}
 */
export function radioGroup({ id, label, className, onPick }) {
  const element = h("div", { id, class: className, role: "radiogroup", "aria-label": label, onkeydown: step });

  function step(event) {
    const radios = Array.from(element.children);
    const at = radios.indexOf(event.target.closest("[role=radio]"));
    const ends = { Home: 0, End: radios.length - 1 };
    const target = event.key in STEPS ? (at + STEPS[event.key] + radios.length) % radios.length : ends[event.key];
    if (at < 0 || target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    radios[target].focus();
    onPick(radios[target].dataset.value);
  }

  function create({ value }) {
    return h("button", { type: "button", role: "radio", dataset: { value }, onclick: () => onPick(value) });
  }

  function update(options, value) {
    const known = options.some((option) => option.value === value);
    keyed(
      element,
      options,
      (option) => option.value,
      create,
      (node, option, index) => {
        const chosen = option.value === value;
        setAttr(node, "aria-checked", String(chosen));
        setAttr(node, "tabindex", chosen || (!known && index === 0) ? "0" : "-1");
        setAttr(node, "title", option.title);
        fill(node, option);
      },
    );
  }
  return { element, update };
}

/** Rebuilds a radio's inside only when what it says has changed. */
function fill(node, { value, content, signature = value }) {
  if (node.dataset.shown === signature) return;
  node.dataset.shown = signature;
  node.replaceChildren(...[content()].flat());
}

/**
 * @param {{id: string, label: string, note: string, onChange: (on: boolean) => void}} settings
 * @returns {{element: HTMLElement, update: (on: boolean, shown: boolean) => void}}
 */
export function toggle({ id, label, note, onChange }) {
  const element = h(
    "button",
    {
      id,
      type: "button",
      role: "switch",
      class: "switch",
      "aria-checked": "false",
      "aria-describedby": `${id}-note`,
      "aria-labelledby": `${id}-label`,
      onclick: () => onChange(element.getAttribute("aria-checked") !== "true"),
    },
    h("span", { class: "words" }, h("b", { id: `${id}-label` }, label), h("small", { id: `${id}-note` }, note)),
    h("i"),
  );

  function update(on, shown) {
    setAttr(element, "aria-checked", String(on));
    setAttr(element, "hidden", !shown);
  }
  return { element, update };
}

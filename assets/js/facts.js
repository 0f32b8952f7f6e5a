/** What is known of a turn, in a line: "from v2 · v5 · 2K · $0.148". */

import { h, keyed, setText } from "./core.js";

/**
 * Each fact brings the dot before it, which the line's left edge hides where a line begins.
 * @param {Element} line
 * @param {number | null} from the version that is forked from
 * @param {Array<string | undefined>} others empty ones are left out
 */
export function writeFacts(line, from, others) {
  const forked = from !== null && from !== undefined;
  keyed(
    line,
    [forked ? `from v${from}` : null, ...others].filter(Boolean),
    (fact, index) => `${index}:${fact}`,
    () => h("span", null, h("i"), h("span")),
    (node, fact, index) => {
      setText(node.firstChild, index > 0 ? " · " : "");
      setText(node.lastChild, fact);
      node.lastChild.className = forked && index === 0 ? "fork" : "";
    },
  );
}

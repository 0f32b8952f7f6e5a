/** An aspect ratio drawn as a small shape. */

import { h } from "./core.js";

const LONGEST_PX = 24;
const SHORTEST_PX = 4;

/** Sides in pixels, so that every shape has about the same area. */
function sides(ratio, scale) {
  const [width, height] = ratio.split(":").map(Number);
  const root = Math.sqrt(width / height);
  const fit = (side) => Math.round(Math.min(Math.max(16 * scale * side, SHORTEST_PX), LONGEST_PX * scale));
  return [fit(root), fit(1 / root)];
}

/**
 * @param {string | null} ratio "16:9"; null draws the dashed square of "auto"
 * @param {number} [scale] 1 in the grid, less beside text
 */
export function ratioShape(ratio, scale = 1) {
  const [width, height] = ratio ? sides(ratio, scale) : [14 * scale, 14 * scale];
  const shape = h("i", { class: ratio ? "ratio" : "ratio auto", "aria-hidden": "true" });
  shape.style.width = `${width}px`;
  shape.style.height = `${height}px`;
  return shape;
}

/**
 * The model catalogue as the page needs it: which controls a model honours, and settings carried from one to another.
 * The server checks everything again (studio/prompt.py, `settings_for` and `check_settings`).
 */

import { state } from "./core.js";

export const MAX_VARIANTS = 4;

/** @param {string} id @returns {any} ModelOption; one the catalogue does not list has nothing to choose */
export function modelOf(id) {
  const listed = state.boot?.models.find((model) => model.id === id);
  return listed ?? { ...state.boot?.unlisted, id, name: id, short_name: id };
}

/**
 * What the model has stays, what it lacks becomes its default.
 * @param {any} model ModelOption
 * @param {Record<string, any>} settings
 */
export function settingsFor(model, settings) {
  const sizes = model.sized ? model.sizes.map((size) => size.id) : [];
  return {
    model: model.id,
    aspect_ratio: model.ratios.includes(settings.aspect_ratio) ? settings.aspect_ratio : null,
    image_size: sizes.includes(settings.image_size) ? settings.image_size : model.default_size,
    thinking_level: model.levels.includes(settings.thinking_level) ? settings.thinking_level : model.default_level,
    // On by default, also when coming back from a model that cannot think.
    show_thinking: model.thinks && (Boolean(settings.show_thinking) || !modelOf(settings.model).thinks),
    variants: Math.min(Math.max(settings.variants, 1), MAX_VARIANTS),
    search: Boolean(settings.search) && model.search,
  };
}

/** The size option in force; the model's only one where it takes no size. */
export function sizeOf(model, settings) {
  return model.sizes.find((size) => size.id === settings.image_size) ?? model.sizes[0] ?? null;
}

/** "2752 × 1536 px", or what can be said of it while the model chooses the shape. */
export function pixelsText(model, settings) {
  const size = sizeOf(model, settings);
  if (!size) return "";
  const pixels = size.pixels[settings.aspect_ratio ?? ""];
  if (pixels) return `${pixels[0]} × ${pixels[1]} px`;
  const [width, height] = size.pixels["1:1"] ?? Object.values(size.pixels)[0] ?? [0, 0];
  return width ? `model’s choice, about ${((width * height) / 1e6).toFixed(1)} MP` : "";
}

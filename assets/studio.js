/** The page's entry module: every place registers itself on import, then is built where Gradio has room for it. */

import { mount } from "./js/core.js";
import "./js/topbar.js";
import "./js/transcript.js";
import "./js/stage.js";
import "./js/strip.js";
import "./js/composer.js";
import "./js/tabs.js";
import "./js/create.js";
import "./js/references.js";
import "./js/edit.js";
import "./js/cost.js";
import "./js/connection.js";
import "./js/toasts.js";
import "./js/drop.js";
import { startKeys } from "./js/keys.js";
import { startLive } from "./js/live.js";

// Gradio puts the head's scripts in from its own, so nothing is known of who comes first: the places or this module.
const arrived = window.studioPlaces ?? [];
window.studioPlaces = { push: ([name, context]) => mount(name, context) };
for (const [name, context] of arrived) mount(name, context);
startKeys();
startLive();

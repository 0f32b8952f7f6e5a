/** The page's entry module: every place registers itself on import, then Gradio's mounts are served. */

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

const waiting = window.Studio?.waiting ?? [];
window.Studio = { mount };
for (const [name, context] of waiting) mount(name, context);
startKeys();
startLive();

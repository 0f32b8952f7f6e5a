/* A classic script of the head: the theme is set before the first paint, and places that mount before the modules
   have loaded wait in window.Studio.waiting. */
(() => {
  const stored = localStorage.getItem("retake.theme");
  const dark = stored ? stored === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const waiting = [];
  window.Studio = { waiting, mount: (name, context) => waiting.push([name, context]) };
})();

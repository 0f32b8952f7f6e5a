/* A script of its own, small and first in the head: the theme is set before the places are painted. */
(() => {
  const stored = localStorage.getItem("retake.theme");
  const dark = stored ? stored === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();

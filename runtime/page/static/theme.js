// The kept choice of light, dark or the system's in; the root's `data-theme` set before anything is painted, out.
// A classic script on purpose: a module would run after the first paint.
"use strict";
(() => {
  const kept = () => {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // Storage may be switched off.
    }
  };
  document.documentElement.dataset.theme = kept();
})();

// A click on anything with `data-action` in; a message to the extension out.
(() => {
  const editor = acquireVsCodeApi();
  document.addEventListener("click", (event) => {
    const clicked = event.target instanceof Element ? event.target.closest("[data-action]") : null;
    if (clicked instanceof HTMLElement) editor.postMessage({ ...clicked.dataset });
  });
})();

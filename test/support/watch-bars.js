// Runs in the page, from its load on: notes every value that a progress bar shows.
(() => {
  const bars = {};
  window.watched = { bars };
  const note = () => {
    for (const bar of document.querySelectorAll('[role="progressbar"]')) {
      const name = bar.getAttribute("aria-label") ?? "";
      bars[name] ??= [];
      const value = Number(bar.getAttribute("aria-valuenow"));
      if (bars[name].at(-1) !== value) bars[name].push(value);
    }
  };
  const watch = { subtree: true, childList: true, attributes: true };
  new MutationObserver(note).observe(document, watch);
})();

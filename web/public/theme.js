// Runs before the first paint, as a file of its own so that the page needs no inline script.
// `data-theme` is always light or dark; what the person chose (or nothing: the system) is stored.
(() => {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("pilotlight.theme");
    } catch {
      // Storage may be forbidden; the system's choice then holds.
    }
    const dark = chosen === "dark" || (chosen !== "light" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  window.addEventListener("pilotlight:theme", apply);
})();

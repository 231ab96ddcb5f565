// Runs before the first paint, so that a chosen theme and language are there from the start.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("tenfold.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    const language = localStorage.getItem("tenfold.language");
    if (language === "en" || language === "zh") root.lang = language === "zh" ? "zh-CN" : "en";
  } catch {
    // Storage may be forbidden; the browser's own preferences then hold.
  }
})();

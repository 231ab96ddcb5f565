// The page: its views, and which one is in front.

import { CorrectionsView } from "./corrections/view.js";
import { DrawView } from "./draw/view.js";
import { tellError } from "./parts/banner.js";
import { all, byId, find } from "./parts/dom.js";
import { onLanguage, startLanguage, text } from "./parts/language.js";
import { VIEWS, route } from "./parts/route.js";
import { startTheme } from "./parts/theme.js";
import { RunsView } from "./runs/view.js";

/** @typedef {{enter: (rest?: string) => unknown, leave?: () => void}} View */

/** @param {Record<string, View>} views */
function startRouter(views) {
  let before = "";
  const title = () => { document.title = before === "draw" ? "Tenfold" : `${text(`views.${before}`)} · Tenfold`; };
  const show = () => {
    const { name, rest } = route(location.hash);
    const first = before === "";
    if (before && before !== name) views[before]?.leave?.();
    for (const one of VIEWS) byId(`view-${one}`).hidden = one !== name;
    for (const link of all(document, ".views a")) {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (!first && before !== name) {
      scrollTo(0, 0);
      find(byId(`view-${name}`), "h1")?.focus({ preventScroll: true });
    }
    before = name;
    title();
    void views[name]?.enter(rest);
  };
  addEventListener("hashchange", show);
  // The address says which view is in front, so a jump inside the page must leave it alone.
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  onLanguage(title);
  show();
}

try {
  await startLanguage();
  startTheme();
  startRouter({ draw: new DrawView(), corrections: new CorrectionsView(), runs: new RunsView() });
  document.documentElement.dataset.ready = "true";
} catch (error) {
  tellError("start", error, () => location.reload());
}

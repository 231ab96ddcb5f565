// The page: its views, and which one is in front.

import { CorrectionsView } from "./corrections/view.js";
import { DrawView } from "./draw/view.js";
import { tellError } from "./parts/banner.js";
import { byId } from "./parts/dom.js";
import { onLanguage, startLanguage, text } from "./parts/language.js";
import { startTheme } from "./parts/theme.js";
import { RunsView } from "./runs/view.js";

const NAMES = ["draw", "corrections", "runs", "about"];

/** @typedef {{enter: (rest?: string) => unknown, leave?: () => void}} View */

/** @returns {{name: string, rest: string | undefined}} what the address asks for */
function asked() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  let decoded;
  try {
    decoded = rest.length ? decodeURIComponent(rest.join("/")) : undefined;
  } catch {
    decoded = undefined;
  }
  return { name: NAMES.includes(name) ? name : "draw", rest: decoded };
}

/** @param {Record<string, View>} views */
function startRouter(views) {
  let before = "";
  const title = () => { document.title = before === "draw" ? "Tenfold" : `${text(`views.${before}`)} · Tenfold`; };
  const show = () => {
    const { name, rest } = asked();
    const first = before === "";
    if (before && before !== name) views[before]?.leave?.();
    for (const one of NAMES) byId(`view-${one}`).hidden = one !== name;
    for (const link of document.querySelectorAll(".views a")) {
      if (/** @type {HTMLElement} */ (link).dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (!first && before !== name) {
      scrollTo(0, 0);
      byId(`view-${name}`).querySelector("h1").focus({ preventScroll: true });
    }
    before = name;
    title();
    void views[name]?.enter(rest);
  };
  addEventListener("hashchange", show);
  // The address says which view is in front, so a jump inside the page must leave it alone.
  byId("skip").addEventListener("click", (/** @type {Event} */ event) => {
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

// Light or dark: the browser's preference until a person says otherwise.

import { byId } from "./dom.js";
import { remember } from "./storage.js";

/** @type {(() => void)[]} */
const listeners = [];
const preference = matchMedia("(prefers-color-scheme: dark)");

/** @returns {boolean} */
export const isDark = () => (document.documentElement.dataset.theme ?? (preference.matches ? "dark" : "light")) === "dark";

/** @param {() => void} listener called when colors have changed */
export const onTheme = (listener) => listeners.push(listener);

export function startTheme() {
  const button = byId("theme");
  const changed = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    for (const listener of listeners) listener();
  };
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    remember("theme", theme);
    changed();
  });
  preference.addEventListener("change", changed);
  changed();
}

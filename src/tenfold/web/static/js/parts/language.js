// The page's texts, by name: English ones from en.json, others as the service translates those.

import { all, byId } from "./dom.js";
import { remember, remembered } from "./storage.js";

/** @type {Record<string, string>} */
const TAGS = { en: "en", zh: "zh-CN" };
/** @type {Record<string, string>} */
const NAMES = { en: "English", zh: "中文" };

/** @type {Record<string, Record<string, string>>} */
const catalogs = {};
/** @type {(() => void)[]} */
const listeners = [];
let current = "en";

/** @returns {string} "en" or "zh" */
export const language = () => current;

/** @returns {string} the tag for <html lang>, Intl and Accept-Language */
export const languageTag = () => TAGS[current];

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values] for the {placeholders}
 * @returns {string}
 */
export function text(key, values = {}) {
  const template = catalogs[current]?.[key] ?? catalogs.en?.[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {string} key @returns {boolean} */
export const isText = (key) => key in (catalogs[current] ?? {});

/**
 * @param {number} share 0 to 1
 * @returns {string} cut, not rounded, so that 100% is never shown for less
 */
export function percent(share) {
  const cut = Math.floor(share * 1000 + 1e-9) / 1000;
  return new Intl.NumberFormat(languageTag(), { style: "percent", minimumFractionDigits: 1 }).format(cut);
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export const number = (value, options = {}) => new Intl.NumberFormat(languageTag(), options).format(value);

/** @param {string} iso @returns {string} */
export function moment(iso) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) return iso;
  return new Intl.DateTimeFormat(languageTag(), { dateStyle: "medium", timeStyle: "short" }).format(when);
}

/** @param {() => void} listener called when the language has changed */
export const onLanguage = (listener) => listeners.push(listener);

/** @param {string} code */
export async function useLanguage(code) {
  catalogs[code] ??= await catalog(code);
  current = code;
  document.documentElement.lang = TAGS[code];
  translate(document.body);
  for (const listener of listeners) listener();
}

/** @param {(string | null)[]} tags such as "zh-Hans-CN" @returns {string} the first that is known; English if none is */
export function preferred(tags) {
  const codes = tags.map((tag) => tag?.slice(0, 2).toLowerCase() ?? "");
  return codes.find((code) => Object.hasOwn(TAGS, code)) ?? "en";
}

/** Choose the remembered language, or the first known one of the browser's. */
export async function startLanguage() {
  catalogs.en = await catalog("en");
  const button = byId("language");
  button.addEventListener("click", async () => {
    const other = current === "en" ? "zh" : "en";
    await useLanguage(other);
    remember("language", other);
  });
  onLanguage(() => {
    const other = current === "en" ? "zh" : "en";
    button.textContent = NAMES[other];
    button.lang = TAGS[other];
  });
  await useLanguage(preferred([remembered("language"), ...navigator.languages]));
}

/** @param {ParentNode} root whose data-text and data-label elements are filled in */
function translate(root) {
  for (const found of all(root, "[data-text]")) found.textContent = text(found.dataset.text ?? "");
  for (const found of all(root, "[data-label]")) found.setAttribute("aria-label", text(found.dataset.label ?? ""));
}

/** @param {string} code */
async function catalog(code) {
  const answer = await fetch(`static/languages/${code}.json`);
  if (!answer.ok) throw new Error(`languages/${code}.json: ${answer.status}`);
  return answer.json();
}

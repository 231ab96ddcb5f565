// Elements made from plain data; text only ever becomes text.

/** @import { ElementOf } from "../types.js" */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {string | number | boolean | null | undefined | ((event: Event) => void)} Property */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {string} Id
 * @param {Id} id
 * @returns {ElementOf<Id>} the element of that id in the page, which is there
 */
export const byId = (id) => /** @type {ElementOf<Id>} */ (document.getElementById(id));

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {NodeListOf<HTMLElement>}
 */
export const all = (root, selector) => root.querySelectorAll(selector);

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const find = (root, selector) => root.querySelector(selector);

/**
 * @template {Element} Made
 * @param {Made} made
 * @param {Record<string, Property>} properties attributes; functions are listeners
 * @param {Child[]} children
 */
function filled(made, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))));
  return made;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Property>} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const element = (tag, properties = {}, ...children) => filled(document.createElement(tag), properties, children);

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, Property>} [properties]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export const drawn = (tag, properties = {}, ...children) => filled(document.createElementNS(SVG, tag), properties, children);

/**
 * Set CSS custom properties, which a strict policy allows through the object model.
 * @param {HTMLElement} target
 * @param {Record<string, number | string>} values
 */
export function place(target, values) {
  for (const [name, value] of Object.entries(values)) target.style.setProperty(`--${name}`, String(value));
}

/** @param {string} name */
export const icon = (name) => drawn("svg", { "aria-hidden": "true" }, drawn("use", { href: `static/icons/tools.svg#${name}` }));

let clear = 0;

/** Say something to those who listen to the page. @param {string} words */
export function announce(words) {
  const place = byId("announcer");
  place.textContent = "";
  clearTimeout(clear);
  clear = setTimeout(() => { place.textContent = words; }, 60);
}

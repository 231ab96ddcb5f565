// The map of the test digits, each drawn as its own label, with this digit's place in it.

import { element } from "../parts/dom.js";
import { onTheme } from "../parts/theme.js";
import { frame } from "./frame.js";

/** @import { Point } from "../types.js" */
/** @import { Place } from "./frame.js" */

/** What is to be painted again when the theme or the size changes. @type {WeakMap<Element, () => void>} */
const painters = new WeakMap();
const watcher = new ResizeObserver((entries) => { for (const { target } of entries) painters.get(target)?.(); });
onTheme(() => { for (const canvas of document.querySelectorAll("canvas.map")) painters.get(canvas)?.(); });

/**
 * @param {Point[]} points
 * @param {Place} here
 * @param {string} words what the map says to those who cannot see it
 * @returns {HTMLCanvasElement}
 */
export function drawMap(points, here, words) {
  const canvas = element("canvas", { class: "map", role: "img", "aria-label": words });
  painters.set(canvas, () => paint(canvas, points, here));
  watcher.observe(canvas);
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @param {Point[]} points @param {Place} here */
function paint(canvas, points, here) {
  const { width, height } = canvas.getBoundingClientRect();
  const context = canvas.getContext("2d");
  if (!width || !context) return;
  const scale = globalThis.devicePixelRatio || 1;
  Object.assign(canvas, { width: width * scale, height: height * scale });
  context.scale(scale, scale);
  const at = frame([...points, here], width, height);
  const colors = Array.from({ length: 10 }, (_, label) => resolved(canvas, `--digit-${label}`));
  context.font = `600 11px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const point of points) {
    const { x, y } = at(point);
    context.fillStyle = colors[point.label];
    context.fillText(String(point.label), x, y);
  }
  ring(context, at(here), resolved(canvas, "--board"), 9, 7);
  ring(context, at(here), resolved(canvas, "--ink"), 9, 3);
}

/** @param {CanvasRenderingContext2D} context @param {Place} at @param {string} color @param {number} radius @param {number} width */
function ring(context, { x, y }, color, radius, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

/** @param {HTMLElement} near @param {string} property a custom property @returns {string} a color that a canvas takes */
function resolved(near, property) {
  near.style.setProperty("color", `var(${property})`);
  const color = getComputedStyle(near).color;
  near.style.removeProperty("color");
  return color;
}

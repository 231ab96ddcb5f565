// Bytes as base64, and gray bytes as pixels.

import { element } from "./dom.js";

export const SIZE = 28;

/** @param {string} coded @returns {Uint8Array} */
export const fromBase64 = (coded) => Uint8Array.from(atob(coded), (character) => character.charCodeAt(0));

/** @param {Uint8Array} bytes @returns {string} */
export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} gray row by row, 0 is black
 * @param {number} width
 * @param {number} height
 */
export function paintGray(canvas, gray, width, height) {
  paint(canvas, width, height, (at) => [gray[at], gray[at], gray[at]]);
}

/**
 * The digit in gray, and over it in warm color how much each place counted.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} gray
 * @param {Uint8Array} heat
 * @param {number} width
 * @param {number} height
 */
export function paintHeat(canvas, gray, heat, width, height) {
  paint(canvas, width, height, (at) => {
    const much = (heat[at] ?? 0) / 255;
    const under = gray[at] * 0.55;
    return [under + (255 - under) * much, under + (140 - under) * much * 0.8, under * (1 - much)];
  });
}

/**
 * @param {string} placed base64 of 28 x 28 gray bytes
 * @param {string} label what it shows, in words
 * @returns {HTMLCanvasElement}
 */
export function placedCanvas(placed, label) {
  const canvas = element("canvas", { class: "pixels", role: "img", "aria-label": label });
  paintGray(canvas, fromBase64(placed), SIZE, SIZE);
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {(at: number) => number[]} color
 */
function paint(canvas, width, height, color) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(width, height);
  for (let at = 0; at < width * height; at += 1) {
    const [red, green, blue] = color(at);
    image.data.set([red, green, blue, 255], at * 4);
  }
  context.putImageData(image, 0, 0);
}

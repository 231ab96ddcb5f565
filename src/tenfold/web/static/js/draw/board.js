// The drawing area: mouse, finger or pen to strokes, strokes to pixels.

import { BOARD, Strokes, paintEnd, paintStroke } from "./strokes.js";

// The picture that is read: half the board's units keep it sharp enough and quick to send.
const SCALE = 0.5;

// Pens differ in how hard one presses; between these shares of the chosen width.
const LIGHT = 0.45;
const HARD = 1.35;

/** @typedef {import("./strokes.js").Stroke} Stroke */

export class Board {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{drawing: () => void, changed: () => void}} on while the pen moves; when it is lifted or the strokes have changed otherwise
   */
  constructor(canvas, on) {
    this.canvas = canvas;
    this.on = on;
    this.strokes = new Strokes();
    this.pen = 24;
    /** @type {Stroke | null} */
    this.stroke = null;
    /** @type {number | null} */
    this.pointer = null;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.sheet = document.createElement("canvas");
    Object.assign(this.sheet, { width: BOARD.width * SCALE, height: BOARD.height * SCALE });
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) canvas.addEventListener(name, (event) => this.#up(event));
    new ResizeObserver(() => this.repaint()).observe(canvas);
  }

  get isDrawing() { return this.stroke !== null; }

  /** @param {number} x @param {number} y in board units @param {number} [share] of the pen's width */
  begin(x, y, share = 1) {
    this.stroke = [{ x, y, width: this.pen * share }];
    this.strokes.add(this.stroke);
    paintStroke(this.#ready(), this.stroke);
    this.on.drawing();
  }

  /** @param {{x: number, y: number, share?: number}[]} dots */
  extend(dots) {
    if (!this.stroke) return;
    const from = this.stroke.length;
    for (const { x, y, share = 1 } of dots) {
      const last = this.stroke[this.stroke.length - 1];
      // Widths change gently: a pen's pressure jumps from event to event.
      if (Math.hypot(x - last.x, y - last.y) >= 1) this.stroke.push({ x, y, width: 0.6 * last.width + 0.4 * this.pen * share });
    }
    if (this.stroke.length === from) return;
    paintStroke(this.#ready(), this.stroke, from);
    this.on.drawing();
  }

  end() {
    if (!this.stroke) return;
    paintEnd(this.#ready(), this.stroke);
    this.stroke = null;
    this.on.changed();
  }

  undo() { this.#change(() => this.strokes.undo()); }
  redo() { this.#change(() => this.strokes.redo()); }
  clear() { this.#change(() => this.strokes.clear()); }

  /** Paint all strokes again: the size, the theme or the strokes have changed. */
  repaint() {
    const box = this.canvas.getBoundingClientRect();
    if (box.width === 0) return;
    const scale = Math.max(1, globalThis.devicePixelRatio || 1);
    Object.assign(this.canvas, { width: Math.round(box.width * scale), height: Math.round(box.height * scale) });
    this.#paintAll(this.#ready());
  }

  /** @returns {Promise<Blob>} the drawing in black on white as a PNG file */
  picture() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.sheet.getContext("2d", { willReadFrequently: true }));
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, this.sheet.width, this.sheet.height);
    context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
    context.fillStyle = context.strokeStyle = "#000";
    this.#paintAll(context);
    return new Promise((resolve, reject) => {
      this.sheet.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The drawing could not become a picture."))), "image/png");
    });
  }

  /** @param {() => void} change */
  #change(change) {
    this.end();
    change();
    this.repaint();
    this.on.changed();
  }

  #ready() {
    const color = getComputedStyle(this.canvas).color;
    this.context.setTransform(this.canvas.width / BOARD.width, 0, 0, this.canvas.height / BOARD.height, 0, 0);
    this.context.fillStyle = this.context.strokeStyle = color;
    return this.context;
  }

  /** @param {CanvasRenderingContext2D} context */
  #paintAll(context) {
    for (const stroke of this.strokes.all) {
      paintStroke(context, stroke);
      paintEnd(context, stroke);
    }
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.pointer !== null || event.button !== 0) return;
    this.end();
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    const { x, y, share } = this.#dot(event);
    this.begin(x, y, share);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.extend((events.length ? events : [event]).map((one) => this.#dot(one)));
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.end();
  }

  /** @param {PointerEvent} event */
  #dot(event) {
    const box = this.canvas.getBoundingClientRect();
    const presses = event.pointerType === "pen" && event.pressure > 0;
    return {
      x: ((event.clientX - box.left) / box.width) * BOARD.width,
      y: ((event.clientY - box.top) / box.height) * BOARD.height,
      share: presses ? LIGHT + (HARD - LIGHT) * event.pressure : 1,
    };
  }
}

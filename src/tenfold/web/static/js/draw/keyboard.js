// A pen for the keyboard: arrows move it, Space lowers and lifts it.

import { announce, place } from "../parts/dom.js";
import { text } from "../parts/language.js";
import { BOARD } from "./strokes.js";

const STEP = 12;
const FAR = 60;
/** @type {Record<string, [right: number, down: number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @param {import("./board.js").Board} board
 * @param {HTMLElement} crosshair shows where the pen is
 */
export function startKeyboardPen(board, crosshair) {
  const at = { x: BOARD.width / 2, y: BOARD.height / 4 };

  const show = () => {
    crosshair.hidden = false;
    crosshair.classList.toggle("down", board.isDrawing);
    place(crosshair, { x: at.x / BOARD.width, y: at.y / BOARD.height });
  };
  const move = (/** @type {[number, number]} */ [right, down], /** @type {number} */ step) => {
    at.x = Math.min(BOARD.width, Math.max(0, at.x + right * step));
    at.y = Math.min(BOARD.height, Math.max(0, at.y + down * step));
    board.extend([{ ...at }]);
  };
  const lift = () => {
    board.end();
    announce(text("draw.pen.up"));
  };
  const lower = () => {
    board.begin(at.x, at.y);
    announce(text("draw.pen.down"));
  };
  /** @type {Record<string, () => void>} */
  const act = {
    " ": () => (board.isDrawing ? lift() : lower()),
    Escape: () => board.isDrawing && lift(),
    Delete: () => board.clear(),
    Backspace: () => board.undo(),
  };

  board.canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || board.pointer !== null) return;
    if (event.key in MOVES) move(MOVES[event.key], event.shiftKey ? FAR : STEP);
    else if (event.key in act) act[event.key]();
    else return;
    event.preventDefault();
    show();
  });
  board.canvas.addEventListener("pointerdown", () => { crosshair.hidden = true; });
  board.canvas.addEventListener("blur", () => {
    if (board.isDrawing && board.pointer === null) board.end();
    crosshair.hidden = true;
  });
}

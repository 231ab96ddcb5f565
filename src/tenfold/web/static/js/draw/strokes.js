// What was drawn: strokes as vectors on a board 1000 wide and 700 high, with a history.

export const BOARD = { width: 1000, height: 700 };

/** @typedef {{x: number, y: number, width: number}} Dot a place on the board and the pen's width there */
/** @typedef {Dot[]} Stroke */

/** The strokes on the board; every change can be taken back. */
export class Strokes {
  /** @type {Stroke[][]} each state of the board; lists are never changed, only replaced */
  #states = [[]];
  #at = 0;

  /** @returns {Stroke[]} */
  get all() { return this.#states[this.#at]; }
  get isEmpty() { return this.all.length === 0; }
  get canUndo() { return this.#at > 0; }
  get canRedo() { return this.#at < this.#states.length - 1; }

  /** @param {Stroke} stroke kept as it is, so it may still grow while it is drawn */
  add(stroke) { this.#become([...this.all, stroke]); }
  clear() { if (!this.isEmpty) this.#become([]); }
  undo() { if (this.canUndo) this.#at -= 1; }
  redo() { if (this.canRedo) this.#at += 1; }

  /** @param {Stroke[]} strokes */
  #become(strokes) {
    this.#states = [...this.#states.slice(0, this.#at + 1), strokes];
    this.#at += 1;
  }
}

/**
 * Paint a stroke, or what was added to it since `from`, as curves through the middles between dots.
 * @param {CanvasRenderingContext2D} context in board units
 * @param {Stroke} stroke
 * @param {number} [from] index of the first dot that is new
 */
export function paintStroke(context, stroke, from = 0) {
  context.lineCap = "round";
  context.lineJoin = "round";
  if (from === 0) dot(context, stroke[0]);
  for (let at = Math.max(1, from); at < stroke.length; at += 1) {
    const [start, turn, end] = [middle(stroke[at - 2] ?? stroke[at - 1], stroke[at - 1]), stroke[at - 1], middle(stroke[at - 1], stroke[at])];
    context.lineWidth = (stroke[at - 1].width + stroke[at].width) / 2;
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.quadraticCurveTo(turn.x, turn.y, end.x, end.y);
    context.stroke();
  }
}

/**
 * Paint the last half step, which has no curve before the pen goes on or is lifted.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 */
export function paintEnd(context, stroke) {
  if (stroke.length < 2) return;
  const [before, last] = stroke.slice(-2);
  const start = middle(before, last);
  context.lineWidth = last.width;
  context.beginPath();
  context.moveTo(start.x, start.y);
  context.lineTo(last.x, last.y);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Dot} at */
function dot(context, at) {
  context.beginPath();
  context.arc(at.x, at.y, at.width / 2, 0, 2 * Math.PI);
  context.fill();
}

/** @param {Dot} one @param {Dot} other */
const middle = (one, other) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });

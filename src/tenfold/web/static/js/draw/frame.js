// Places of any range, laid out in a frame.

/** @typedef {{x: number, y: number}} Place */

const MARGIN = 16;

/**
 * @param {Place[]} points that are to be inside; y grows upward
 * @param {number} width of the frame, in pixels
 * @param {number} height
 * @returns {(point: Place) => Place} to pixels, where y grows downward
 */
export function frame(points, width, height) {
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return ({ x, y }) => ({
    x: MARGIN + ((x - left) / (right - left || 1)) * (width - 2 * MARGIN),
    y: height - MARGIN - ((y - low) / (high - low || 1)) * (height - 2 * MARGIN),
  });
}

// Reading while a person draws: some ten times a second, at once when the pen is lifted.

import { ask, askPatiently } from "../parts/api.js";
import { hush, tell, tellError } from "../parts/banner.js";
import { text } from "../parts/language.js";

/** @import { Query, Reading } from "../types.js" */

const BETWEEN = 100;

/** @typedef {{final: boolean, milliseconds: number}} Timing */

export class LiveReader {
  /**
   * @param {object} from
   * @param {() => Promise<Blob>} from.picture what is on the board
   * @param {() => Query} from.query how to read it
   * @param {(readings: Reading[], timing: Timing) => void} from.show takes the newest answer
   */
  constructor({ picture, query, show }) {
    this.picture = picture;
    this.query = query;
    this.show = show;
    this.latest = 0;
    this.sent = 0;
    this.timer = 0;
    this.grown = false;
    /** @type {AbortController | null} */
    this.going = null;
  }

  /** The drawing has grown: read it soon, or after the answer that is still on its way. */
  touch() {
    this.grown = true;
    if (this.going || this.timer) return;
    const wait = Math.max(0, this.sent + BETWEEN - performance.now());
    this.timer = setTimeout(() => {
      this.timer = 0;
      void this.#read(false);
    }, wait);
  }

  /** The pen is lifted: read now; whatever was asked before does not matter any more. */
  settle() {
    this.stop();
    void this.#read(true);
  }

  /** Nothing is wanted any more; answers that still come are dropped. */
  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.grown = false;
    this.latest += 1;
    this.going?.abort();
    this.going = null;
  }

  /** @param {boolean} final */
  async #read(final) {
    const number = (this.latest += 1);
    const going = (this.going = new AbortController());
    const since = (this.sent = performance.now());
    this.grown = false;
    try {
      const body = await this.picture();
      const asking = { body, query: this.query(), signal: going.signal };
      const answer = final ? await askPatiently("api/read", asking, patience) : await ask("api/read", asking);
      if (number !== this.latest) return;
      hush("read");
      this.show(answer.readings, { final, milliseconds: performance.now() - since });
    } catch (error) {
      // While drawing, the next move asks again; the last word is with the lifted pen.
      if (number === this.latest && final) tellError("read", error, () => this.settle());
    } finally {
      if (this.going === going) {
        this.going = null;
        // What a resting pen drew meanwhile would wait for its next move.
        if (this.grown) this.touch();
      }
    }
  }
}

/** @param {import("../parts/api.js").Problem} problem */
export function patience(problem) {
  tell("read", { title: problem.title, detail: text("patience"), calm: true });
}

// The service, asked politely: problems become errors with words, passing ones are tried again.

import { languageTag, text } from "./language.js";

/** @import { Ask, Asking, Query, Trouble } from "../types.js" */
/** @typedef {{title?: string, detail?: string, errors?: {detail?: string, message?: string, msg?: string}[]} | null} Told a problem as it came */

const TRIES = 4;

/** What the service says went wrong (RFC 9457), in the language asked for. */
export class Problem extends Error {
  /** @param {number} status 0 if there was no answer at all @param {Told} body @param {number} wait seconds to wait */
  constructor(status, body, wait = 0) {
    super(body?.detail ?? body?.title ?? `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.title = status === 0 ? text("offline") : (body?.title ?? text("trouble"));
    this.detail = status === 0 ? text("offline.detail") : detailed(body, status);
    this.wait = wait;
    this.passing = status === 0 || status === 503 || status === 202;
  }
}

/**
 * @param {string} path under the page's own address
 * @param {Asking} [asking]
 * @returns {Promise<any>} the JSON of the answer, or its picture; null without content. Which of them, `Ask` says
 */
async function answered(path, { method, body, json, query, picture, signal } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", "Accept-Language": languageTag() };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const content = json === undefined ? body : JSON.stringify(json);
  let answer;
  try {
    answer = await fetch(address(path, query), { method: method ?? (content ? "POST" : "GET"), headers, body: content, signal });
  } catch (error) {
    if (isAborted(error)) throw error;
    throw new Problem(0, null);
  }
  if (answer.status === 204) return null;
  if (picture && answer.ok) return answer.blob();
  const told = await answer.json().catch(() => null);
  if (!answer.ok || answer.status === 202) throw new Problem(answer.status, told, Number(answer.headers.get("Retry-After")) || 0);
  return told;
}

/**
 * @param {string} path
 * @param {Asking} [asking]
 * @param {(problem: Problem) => void} [waiting] told before each wait
 */
async function answeredPatiently(path, asking = {}, waiting = () => {}) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await answered(path, asking);
    } catch (error) {
      if (!(error instanceof Problem) || !error.passing || tried >= TRIES) throw error;
      waiting(error);
      await pause(Math.min(10, error.wait || 0.4 * 2 ** tried), asking.signal);
    }
  }
}

export const ask = /** @type {Ask} */ (answered);

/** Ask again a few times when the service is busy or gone for a moment. */
export const askPatiently = /** @type {Ask<[waiting?: (problem: Problem) => void]>} */ (answeredPatiently);

/** @param {unknown} error @returns {boolean} whether nobody wants the answer any more */
export const isAborted = (error) => error instanceof DOMException && error.name === "AbortError";

/** @param {unknown} error @returns {Trouble} in words */
export function inWords(error) {
  if (error instanceof Problem) return error;
  return { title: text("trouble"), detail: error instanceof Error ? error.message : String(error) };
}

/**
 * @param {string} path
 * @param {Query} [query]
 * @returns {string}
 */
export function address(path, query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== null && one !== undefined && one !== "") parameters.append(name, String(one));
  }
  return parameters.size ? `${path}?${parameters}` : path;
}

/** @param {Told} body @param {number} status */
function detailed(body, status) {
  const errors = Array.isArray(body?.errors) ? body.errors.map((one) => one?.detail ?? one?.message ?? one?.msg).filter(Boolean) : [];
  return [body?.detail ?? (body?.title ? "" : text("trouble.status", { status })), ...errors].filter(Boolean).join(" ");
}

/** @param {number} seconds @param {AbortSignal} [signal] */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("Aborted", "AbortError"));
    });
  });
}

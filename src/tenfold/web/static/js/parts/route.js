// Which view an address asks for, and what of it.

export const VIEWS = ["draw", "corrections", "runs", "about"];

/**
 * @param {string} hash of the address, such as "#/runs/first"
 * @returns {{name: string, rest: string | undefined}} a view that there is, and the rest decoded, if it can be
 */
export function route(hash) {
  const [name, ...rest] = hash.replace(/^#\/?/, "").split("/");
  let decoded;
  try {
    decoded = rest.length ? decodeURIComponent(rest.join("/")) : undefined;
  } catch {
    decoded = undefined;
  }
  return { name: VIEWS.includes(name) ? name : "draw", rest: decoded };
}

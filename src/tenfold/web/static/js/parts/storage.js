// What the page remembers, where the browser lets it.

/**
 * @param {string} name
 * @returns {string | null} what was kept, or null if nothing was or storage is forbidden
 */
export function remembered(name) {
  try {
    return localStorage.getItem(`tenfold.${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(`tenfold.${name}`, value);
  } catch {
    // The choice holds for this visit alone.
  }
}

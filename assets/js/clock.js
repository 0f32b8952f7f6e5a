/** How long a turn has taken, beside what it usually takes. */

const LONG_FROM = 1.5; // times the usual: from here on that figure would read as if something were broken

/**
 * @param {number} elapsedS @param {number} usualS 0 where it is not known
 * @param {(seconds: number) => string} inWords
 * @returns {string} "usually 12 s" or "longer than usual"
 */
export function beside(elapsedS, usualS, inWords) {
  if (!usualS) return "";
  return elapsedS < LONG_FROM * usualS ? `usually ${inWords(Math.round(usualS))}` : "longer than usual";
}

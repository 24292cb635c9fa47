/** Values of `Warning` headers (kubernetes-api reference §1.15): `299 - "text"`. */
export const toWarnings = (texts: Iterable<string>): string[] => {
  // A text of whatever length is taken apart no further than it could be shown.
  const clean = [...texts]
    .map(text => [...text.slice(0, 2 * maxTotal + 2).replaceAll(control, ' ')])
    .filter(runes => runes.length > 0);
  const total = clean.reduce((sum, runes) => sum + runes.length, 0);
  const headers: string[] = [];
  let used = 0;
  for (const runes of clean) {
    // Many warnings are cut short, so that headers stay within what proxies carry; beyond the limit they are left out.
    const shown = total > maxTotal ? runes.slice(0, maxEach) : runes;
    used += shown.length;
    if (used > maxTotal) break;
    headers.push(`299 - ${quote(shown.join(''))}`);
  }
  return headers;
};

const maxTotal = 4096;
const maxEach = 256;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a header.
const control = /[\u0000-\u001f\u007f-\u009f]/g;

/** Header values are bytes: what is beyond Latin-1 goes as a question mark. */
const quote = (text: string): string =>
  `"${text.replaceAll(/[\\"]/g, sign => `\\${sign}`).replaceAll(/[^\u0020-\u00ff]/g, '?')}"`;

/** How many characters a text has, where `length` counts units of UTF-16. */
export const lengthOf = (text: string): number => {
  let length = text.length;
  for (let i = 1; i < text.length; i += 1) {
    if (!isLow(text.charCodeAt(i)) || !isHigh(text.charCodeAt(i - 1))) continue;
    length -= 1;
    i += 1;
  }
  return length;
};

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

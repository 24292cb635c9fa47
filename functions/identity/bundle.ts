import { isMap } from '../../shared/base/own.ts';
import type { Vault } from './vault.ts';

/** A vault that is one text: what a secret of a cloud holds. */
export interface Bundle extends Vault {
  /** All of it, to be kept where secrets are kept. */
  toText(): string;
}

/**
 * Opens a bundle: a JSON object, file name → content, as the folder `pki` of an installation has them. Without a text it is
 * empty. Throws an Error that says what is wrong with the text and nothing of what is in it.
 */
export const openBundle = (text?: string): Bundle => {
  const files = new Map(text === undefined ? [] : Object.entries(parse(text)));
  return {
    read: name => files.get(name),
    write: (name, content) => void files.set(name, content),
    remove: name => void files.delete(name),
    names: () => [...files.keys()].sort(),
    toText: () => JSON.stringify(Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)))),
  };
};

const wrong = 'the identity is not a JSON object of texts by file name: deploy again, or restore the secret';

const parse = (text: string): Record<string, string> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the secret.
    throw new Error(wrong);
  }
  if (!isMap(value) || !isTexts(value)) throw new Error(wrong);
  return value;
};

const isTexts = (map: Record<string, unknown>): map is Record<string, string> =>
  Object.values(map).every(one => typeof one === 'string');

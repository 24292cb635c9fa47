import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Whether the module of this URL is the program that was started, also by a path with symbolic links in it. */
export const isMain = (url: string): boolean => {
  const [, path] = process.argv;
  try {
    return path !== undefined && realpathSync(path) === fileURLToPath(url);
  } catch {
    // No file: whoever embeds this says what it likes there.
    return false;
  }
};

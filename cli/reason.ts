import { getSystemErrorMap } from 'node:util';

/** Why the system refused, in its own words and without the path: `no such file or directory`. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const [, words] =
    'errno' in error && typeof error.errno === 'number' ? (getSystemErrorMap().get(error.errno) ?? []) : [];
  return words ?? error.message;
};

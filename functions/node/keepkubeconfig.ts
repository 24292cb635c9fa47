import { readFile, writeFile } from './files.ts';

/**
 * Writes a kubeconfig unless the one that is there leads to the same place with the same credentials: what its user set
 * in it with `kubectl config`, a namespace above all, stays from one start to the next.
 */
export const keepKubeconfig = (path: string, content: string): void => {
  const there = new Set(linesOf(readFile(path) ?? ''));
  const essential = linesOf(content).filter(isEssential);
  if (essential.some(line => !there.has(line))) writeFile(path, content);
};

const linesOf = (text: string): string[] => text.split('\n').map(line => line.trim());

/** kubectl sorts and indents in its own way, but leaves each of these a line of its own. */
const isEssential = (line: string): boolean => /^(server|[a-z-]+-data): /.test(line);

import { statSync } from 'node:fs';

export interface WatchedFiles {
  /** Calls whenever one of the files is another than before. Returns how to stop. */
  follow(onChange: () => void): () => void;
}

/**
 * Remembers how files are now: what is written from here on is seen, however late somebody begins to follow. They are looked
 * at every `intervalMs`, which keeps no process alive.
 */
export const watchFiles = (paths: readonly string[], intervalMs: number): WatchedFiles => {
  const look = (): string => paths.map(printOf).join('\n');
  let seen = look();
  return {
    follow(onChange) {
      const timer = setInterval(() => {
        const now = look();
        if (now === seen) return;
        seen = now;
        onChange();
      }, intervalMs);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
};

/** Tells one state of a file from another; also when a link leads to another file. */
export const printOf = (path: string): string => {
  const { ino, size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { ino: 0, size: 0, mtimeMs: 0 };
  return `${ino} ${size} ${mtimeMs}`;
};

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What survives a power cycle. */
export interface Remembered {
  /** Counters of the last commands that were carried out. */
  readonly reboot?: number | undefined;
  readonly shutdown?: number | undefined;
  readonly boots?: number;
  readonly eveVersion?: string;
}

export interface Memory {
  read(): Remembered;
  write(state: Remembered): void;
}

/** A file `memory.json` in `dir`; forgets everything when there is no folder. */
export const openMemory = (dir?: string): Memory => {
  if (dir === undefined) return { read: () => ({}), write: () => undefined };
  const path = join(dir, 'memory.json');
  return {
    read: () => (existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Remembered) : {}), // written below
    write: state => {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      writeFileSync(path, JSON.stringify(state));
    },
  };
};

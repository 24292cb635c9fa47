import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { buildFunction, buildWorker, functions } from '../../infra/build.ts';
import { once } from '../../shared/base/once.ts';

/** Files by their paths in the folder of the bundles. */
export type Bundles = ReadonlyMap<string, Uint8Array>;

/** In a folder that is gone afterwards. */
const built = (build: (dir: string) => Promise<unknown>) =>
  once(async (): Promise<Bundles> => {
    const dir = mkdtempSync(join(tmpdir(), 'kubeve-bundles-'));
    try {
      await build(dir);
      const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(one => one.isFile());
      const paths = files.map(({ parentPath, name }) => join(parentPath, name));
      return new Map(paths.map(path => [relative(dir, path), readFileSync(path)]));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

/** The functions as they are deployed, built once for all tests of a file. */
export const functionBundles = built(dir => Promise.all(functions.map(name => buildFunction(name, dir))));

/** The worker in the same way: `worker.mjs`. */
export const workerBundle = built(buildWorker);

/** Puts them into another folder, where each import makes a process of its own of them. */
export const unpack = (bundles: Bundles, dir: string): void => {
  for (const [path, content] of bundles) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
};

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFunction, buildWorker, functions } from '../../infra/build.ts';

/** What a function loads before its first request: ceilings in KiB, and what must not be in it. */
const limits: Record<(typeof functions)[number], { readonly kib: number; readonly without: RegExp }> = {
  kube: {
    kib: 1900,
    without:
      /shared\/device\/|shared\/eve\/generated|shared\/compose\/reports|shared\/controllers\/(?!enrol)|@aws-sdk\/client-s3|libsql|esbuild/,
  },
  device: {
    kib: 800,
    without:
      /shared\/kube\/(registry|patch|cel|schema|describe|admission)\/|shared\/compose\/|node_modules\/(zod|re2js|@aws-sdk\/client-s3)\//,
  },
  compose: { kib: 1900, without: /shared\/device\/routes|shared\/stream\/|shared\/kube\/describe\/openapi|libsql/ },
  sweep: { kib: 1900, without: /shared\/device\/routes|shared\/stream\/|shared\/kube\/describe\/openapi|libsql/ },
};

describe('bundles', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'kubeve-bundles-'));
  const built = new Map<string, Metafile>();
  beforeAll(async () => {
    for (const name of functions) built.set(name, await buildFunction(name, outdir));
  });
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  /** The entry and all that it imports at once. */
  const atOnce = ({ outputs }: Metafile, name: string): Metafile['outputs'][string][] => {
    const entry = Object.keys(outputs).find(path => path.endsWith(`/${name}.mjs`)) ?? '';
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path) || !outputs[path]) return;
      seen.add(path);
      for (const { path: next, kind } of outputs[path].imports) if (kind === 'import-statement') visit(next);
    };
    visit(entry);
    return [...seen].flatMap(path => outputs[path] ?? []);
  };

  it.each(functions)('%s stays small', name => {
    const bytes = atOnce(built.get(name) as Metafile, name).reduce((sum, output) => sum + output.bytes, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes / 1024).toBeLessThan(limits[name].kib);
  });

  it.each(functions)('%s carries nothing of others', name => {
    const inputs = atOnce(built.get(name) as Metafile, name).flatMap(output => Object.keys(output.inputs));
    expect(inputs.length).toBeGreaterThan(50);
    expect(inputs.filter(path => limits[name].without.test(path))).toEqual([]);
  });

  it('of the worker is one file, small, and asks for nothing that workerd has not', async () => {
    const { outputs } = await buildWorker(outdir);
    const [entry] = Object.entries(outputs).filter(([path]) => path.endsWith('.mjs'));
    const { bytes = 0, imports = [], inputs = {} } = entry?.[1] ?? {};
    expect(bytes / 1024).toBeGreaterThan(1000);
    // With what `kubectl explain` says of each field.
    expect(bytes / 1024).toBeLessThan(2000);
    expect(
      imports
        .map(({ path }) => path)
        .filter(path => !/^node:(buffer|crypto|events|stream|timers\/promises|util|zlib)$/.test(path)),
    ).toEqual([]);
    expect(Object.keys(inputs).filter(path => /libsql|functions\/node\/|shared\/adam\//.test(path))).toEqual([]);
  });
});

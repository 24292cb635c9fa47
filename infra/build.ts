/** Bundles the functions into `.build/`. Run `npx tsx infra/build.ts` before a deployment that does not do it itself. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle, type Metafile } from 'esbuild';
import { isMain } from '../functions/node/ismain.ts';
import { sdkXml } from './sdkxml.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Functions of Lambda: `.build/lambda/<name>.mjs`, what they load later in `.build/lambda/<name>/`. */
export const functions = ['kube', 'device', 'compose', 'sweep'] as const;

/** Bundles one function of Lambda into a folder. Answers what went where. */
export const buildFunction = async (name: (typeof functions)[number], outdir: string): Promise<Metafile> => {
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: { [name]: `functions/lambda/${name}.ts` },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: `${name}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    // Some packages are in the older format, and ask for Node's modules at run time.
    banner: {
      js: "import{createRequire as createRequireOfNode}from'node:module';const require=createRequireOfNode(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return metafile;
};

/** Bundles the worker into a folder, as `worker.mjs`: all in one, for workerd and whoever runs it. Answers what went where. */
export const buildWorker = async (outdir: string): Promise<Metafile> => {
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: { worker: 'functions/workerd/worker.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
    plugins: [sdkXml],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
};

const kibOf = ({ outputs }: Metafile): number =>
  Math.ceil(
    Object.entries(outputs).reduce((sum, [path, { bytes }]) => sum + (path.endsWith('.mjs') ? bytes : 0), 0) / 1024,
  );

if (isMain(import.meta.url)) {
  const outdir = join(root, '.build/lambda');
  rmSync(outdir, { recursive: true, force: true });
  for (const name of functions) process.stdout.write(`${name}: ${kibOf(await buildFunction(name, outdir))} KiB\n`);
  process.stdout.write(`worker: ${kibOf(await buildWorker(join(root, '.build/workerd')))} KiB\n`);
}

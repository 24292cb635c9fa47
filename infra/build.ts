/** Bundles the functions into `.build/`. Run `npx tsx infra/build.ts` before a deployment that does not do it itself. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle, type Metafile } from 'esbuild';

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outdir = join(root, '.build/lambda');
  rmSync(outdir, { recursive: true, force: true });
  for (const name of functions) {
    const { outputs } = await buildFunction(name, outdir);
    const bytes = Object.entries(outputs).flatMap(([path, { bytes }]) => (path.endsWith('.mjs') ? [bytes] : []));
    process.stdout.write(`${name}: ${Math.ceil(bytes.reduce((a, b) => a + b, 0) / 1024)} KiB\n`);
  }
}

// `npm start`: bundles the server and becomes it. A TypeScript loader would stay in memory as long as the server runs and
// take as much of it; a shell between npm and the server would swallow the signals that end it.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const outdir = fileURLToPath(new URL('../node_modules/.cache/kubeve', import.meta.url));
buildSync({
  entryPoints: [fileURLToPath(new URL('../functions/node/serve.ts', import.meta.url))],
  bundle: true,
  // What only some need, the clients of a cloud above all, is loaded when they do.
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  outdir,
});
const outfile = fileURLToPath(new URL('../node_modules/.cache/kubeve/serve.js', import.meta.url));
process.argv[1] = outfile;
await import(pathToFileURL(outfile).href);

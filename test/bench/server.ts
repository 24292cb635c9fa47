/** The server under test, in a process of its own. Prints where it listens, then serves until it is told to stop. */
import { keepHeapSmall } from '../../functions/node/heap.ts';

const [, , data] = process.argv;
if (data === undefined) throw new Error('usage: server.ts DATA');
keepHeapSmall();
// Bundled into one file with this, `serve` would take itself for the program that was called.
process.argv[1] = '';
const { start } = await import('../../functions/node/serve.ts');
const server = await start({ data, host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url: server.url, kubeconfig: server.kubeconfig }));
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));

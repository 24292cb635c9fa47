/** The server under test, in a process of its own. Prints where it listens, then serves until it is told to stop. */
import { keepHeapSmall } from '../../functions/node/heap.ts';
import { start } from '../../functions/node/serve.ts';

const [data] = process.argv.slice(2);
if (data === undefined) throw new Error('usage: server.ts DATA');
keepHeapSmall();
const server = await start({ data, host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url: server.url, kubeconfig: server.kubeconfig }));
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));

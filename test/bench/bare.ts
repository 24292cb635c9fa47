/** A bare Node HTTPS server that reads the body and answers 304: what TLS and HTTP alone cost. Prints its port. */
import { readFileSync } from 'node:fs';
import https from 'node:https';

const [key, cert] = process.argv.slice(2);
if (key === undefined || cert === undefined) throw new Error('usage: bare.ts KEY CERT');
const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  request.resume().on('end', () => response.writeHead(304).end());
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())));

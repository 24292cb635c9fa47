import { request } from 'node:https';
import type { Get } from '../../shared/kube/access/get.ts';

/** `Get` over Node's HTTPS client, a connection for each question. */
export const get: Get = (url, { caPem, headers = {}, timeoutMs, maxBytes }) =>
  new Promise((resolve, reject) => {
    const ca = caPem === undefined ? {} : { ca: caPem };
    const options = {
      headers,
      agent: false as const,
      signal: AbortSignal.timeout(timeoutMs),
      minVersion: 'TLSv1.2' as const,
    };
    const outgoing = request(url, { ...options, ...ca }, incoming => {
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > maxBytes) incoming.destroy(new Error(`${url} answered more than ${maxBytes} bytes`));
        else chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });

import { request } from 'node:https';
import type { Post } from '../../shared/kube/extend/convert.ts';

/** Sends JSON to a webhook over HTTPS. Redirects are answers like any other. */
export const post: Post = (url, body, { caPem, timeoutMs, maxBytes }) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const signal = AbortSignal.timeout(timeoutMs);
    const options = {
      method: 'POST',
      headers,
      signal,
      agent: false,
      ...(caPem !== undefined && { ca: caPem }),
    } as const;
    const outgoing = request(url, options, incoming => {
      const chunks: Uint8Array[] = [];
      let length = 0;
      incoming.on('data', (chunk: Uint8Array) => {
        length += chunk.length;
        if (length > maxBytes) incoming.destroy(new Error(`it answered more than ${maxBytes} bytes`));
        else chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    outgoing.on('error', error => {
      reject(signal.aborted ? new Error(`it did not answer within ${timeoutMs / 1000} s`, { cause: error }) : error);
    });
    outgoing.end(body);
  });

import { concat } from '../../shared/base/concat.ts';
import type { Outbound } from '../outbound.ts';

/**
 * Over the runtime's `fetch`. It trusts public authorities and no others: who is to be trusted by an authority of their own
 * (`caPem`) is not asked at all, which is said.
 */
export const outbound: Outbound = {
  get: (url, { headers = {}, ...limits }) => ask(url, { headers }, limits),
  post: (url, body, limits) =>
    ask(
      url,
      { method: 'POST', body, headers: { 'content-type': 'application/json', accept: 'application/json' } },
      limits,
    ),
  reach: (url, options) => globalThis.fetch(url, { ...options, redirect: 'manual' }),
};

interface Limits {
  readonly caPem?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

const ask = async (url: string, init: RequestInit, { caPem, timeoutMs, maxBytes }: Limits) => {
  if (!url.startsWith('https:')) throw new Error(`${url} is no HTTPS URL`);
  if (caPem !== undefined)
    throw new Error(`${url} has an authority of its own, and this runtime trusts public ones only: leave caBundle out`);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await globalThis.fetch(url, { ...init, redirect: 'manual', signal });
    return { status: response.status, body: await read(response, url, maxBytes) };
  } catch (error) {
    if (signal.aborted) throw new Error(`it did not answer within ${timeoutMs / 1000} s`, { cause: error });
    throw error;
  }
};

const read = async ({ body }: Response, url: string, maxBytes: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    length += next.value.length;
    if (length > maxBytes) {
      await reader?.cancel();
      throw new Error(`${url} answered more than ${maxBytes} bytes`);
    }
    chunks.push(next.value);
  }
  return concat(chunks);
};

import { afterEach, describe, expect, it, vi } from 'vitest';
import { outbound } from '../../../functions/workerd/outbound.ts';

const limits = { timeoutMs: 300_000, maxBytes: 1_000 };

/** In place of a server whose certificate the public trusts, of which a test has none. */
const answering = (answer: (url: string, init: RequestInit) => Promise<Response>) => {
  const asked = vi.fn(answer);
  vi.stubGlobal('fetch', asked);
  return asked;
};
afterEach(() => vi.unstubAllGlobals());

describe('what a worker asks of others', () => {
  it('is sent as JSON, and an answer that leads elsewhere is not followed', async () => {
    const asked = answering(async () => new Response('there', { status: 302, headers: { location: 'https://other' } }));
    const { status, body } = await outbound.post('https://hook.example/', '{"a":1}', limits);
    expect([status, new TextDecoder().decode(body)]).toEqual([302, 'there']);
    expect(asked.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', body: '{"a":1}', redirect: 'manual' });
  });

  it.each([
    ['is HTTPS', () => outbound.get('http://issuer.example/keys', limits), 'is no HTTPS URL'],
    [
      'is of public authorities',
      () => outbound.get('https://issuer.example/', { ...limits, caPem: 'PEM' }),
      'public ones only',
    ],
  ])('%s, or it is not asked at all', async (_, ask, says) => {
    const asked = answering(async () => new Response());
    await expect(ask()).rejects.toThrow(says);
    expect(asked).not.toHaveBeenCalled();
  });

  it('gives up on one that hangs', async () => {
    answering(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await expect(outbound.get('https://issuer.example/', { ...limits, timeoutMs: 200 })).rejects.toThrow(
      'it did not answer within 0.2 s',
    );
  });

  it('cuts off one that does not stop', async () => {
    const cancelled = vi.fn();
    const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(new Uint8Array(400));
    answering(async () => new Response(new ReadableStream({ pull, cancel: cancelled })));
    await expect(outbound.get('https://issuer.example/', limits)).rejects.toThrow('more than 1000 bytes');
    expect(cancelled).toHaveBeenCalled();
  });
});

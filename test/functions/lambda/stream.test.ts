import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Fetch } from '../../../functions/fetch.ts';
import { streamed } from '../../../functions/lambda/stream.ts';
import { hostStream } from '../../support/lambdahost.ts';
import { createTestPorts } from '../../support/ports.ts';
import { runtime } from '../../support/responsestream.ts';
import { until } from '../../support/until.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const { log } = createTestPorts();
const host = async (fetch: Fetch, options?: Parameters<typeof hostStream>[1]): Promise<string> => {
  const made = await hostStream(
    streamed(runtime, async () => fetch, log),
    options,
  );
  opened.push(made);
  return made.url;
};

describe('streamed', () => {
  it('answers with status, headers and body', async () => {
    const url = await host(async request => {
      const body = `${request.method} ${new URL(request.url).pathname} ${await request.text()}`;
      return new Response(body, { status: 201, headers: { 'x-a': 'b' } });
    });
    const answer = await fetch(`${url}/x`, { method: 'POST', body: 'hello' });
    expect([answer.status, answer.headers.get('x-a'), await answer.text()]).toEqual([201, 'b', 'POST /x hello']);
  });

  it('answers without a body', async () => {
    const url = await host(() => new Response(null, { status: 304, headers: { etag: '"a"' } }));
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([304, '"a"', '']);
  });

  it('sends what streams as it comes', async () => {
    let next = (): void => {};
    const url = await host(() => {
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          for (const text of ['a', 'b']) {
            controller.enqueue(new TextEncoder().encode(text));
            await new Promise<void>(resolve => (next = resolve));
          }
          controller.close();
        },
      });
      return new Response(body);
    });
    const reader = (await fetch(url)).body?.getReader();
    const read = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toBe('a');
    next();
    expect(await read()).toBe('b');
    next();
    expect((await reader?.read())?.done).toBe(true);
  });

  it('says at once that something goes on of which nothing is there yet', async () => {
    const url = await host(() => new Response(new ReadableStream(), { headers: { 'x-a': 'b' } }));
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('x-a')]).toEqual([200, 'b']);
    await answer.body?.cancel();
  });

  it('tells how long an answer may go on, and what is left for its end', async () => {
    let left: number | undefined;
    const url = await host(
      (_, env) => {
        left = env.leftMs;
        return new Response('');
      },
      { remainingMs: 60_000 },
    );
    await fetch(url);
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(57_000);
    const long = await host((_, env) => new Response(String(env.leftMs)));
    expect(Number(await (await fetch(long)).text())).toBeLessThanOrEqual(290_000);
  });

  it('ends what goes on when the client leaves', async () => {
    const ended = vi.fn();
    const url = await host(request => {
      request.signal.addEventListener('abort', ended);
      return new Response(new ReadableStream({ start: c => c.enqueue(new Uint8Array(1)), cancel: ended }));
    });
    const stop = new AbortController();
    const answer = await fetch(url, { signal: stop.signal });
    await answer.body?.getReader().read();
    stop.abort();
    await until(() => expect(ended).toHaveBeenCalled());
  });

  it('leaves it to the platform to answer for an event that is none', async () => {
    const url = await host(() => new Response(''), { event: async () => ({}) as never });
    expect((await fetch(url)).status).toBe(502);
  });
});

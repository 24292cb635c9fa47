import type { Tenant } from '../tenants/tenant.ts';
import { doDue, followUp } from './follow.ts';
import type { Bindings } from './open.ts';
import { type ClientTls, toPeer } from './peer.ts';
import { workerPorts } from './ports.ts';
import { serve } from './serve.ts';

/** What the platform's own way of making answers knows beyond the standard's. */
type WorkerResponseInit = ResponseInit & {
  /** `manual`: the body is encoded already, as the header says. */
  readonly encodeBody?: 'automatic' | 'manual';
};

type WorkerRequest = Request & { readonly cf?: { readonly tlsClientAuth?: ClientTls } };

/** What the platform lets an event do beyond its answer. */
interface Context {
  /** Goes on with work behind the answer. */
  waitUntil(work: Promise<unknown>): void;
}

/** The controller as a module worker, for workerd and whoever runs it: everything that is served, and what is due by time. */
export default {
  /** What follows from a request that wrote something is done behind its answer. */
  async fetch(request: WorkerRequest, env: Bindings, context: Context): Promise<Response> {
    const notes = new Map<Tenant | undefined, Set<string>>();
    const response = await serve(env, notes)(request, toPeer(request));
    for (const [tenant, own] of notes)
      if (own.size > 0)
        context.waitUntil(logged(followUp(env, tenant, own), 'what follows from a request was not done'));
    return asEncoded(response);
  },

  /**
   * Does what is due by time, and what no request did behind its answer. To be called by a cron trigger each minute. Rejects, so
   * that the platform shows it, when something could not be done.
   */
  async scheduled(_event: unknown, env: Bindings): Promise<void> {
    await logged(doDue(env), 'what is due by time was not done');
  },
};

const logged = async (work: Promise<void>, message: string): Promise<void> => {
  try {
    await work;
  } catch (error) {
    workerPorts('error').log.error(message, { error });
    throw error;
  }
};

/** The runtime encodes what says that it is encoded, unless it is told that it is so already. */
const asEncoded = (response: Response): Response => {
  const encoding = response.headers.get('content-encoding');
  if (encoding === null || encoding === 'identity') return response;
  const { status, headers, body } = response;
  const init: WorkerResponseInit = { status, headers, encodeBody: 'manual' };
  return new Response(body, init);
};

import { openBehind } from '../behind.ts';
import { catchUp } from './catchup.ts';
import { type Bindings, openWorker, partsOf } from './open.ts';
import { outbound } from './outbound.ts';
import { type ClientTls, toPeer } from './peer.ts';
import { workerPorts } from './ports.ts';
import { serve } from './serve.ts';

/** What the platform's own way of making answers knows beyond the standard's. */
type WorkerResponseInit = ResponseInit & {
  /** `manual`: the body is encoded already, as the header says. */
  readonly encodeBody?: 'automatic' | 'manual';
};

type WorkerRequest = Request & { readonly cf?: { readonly tlsClientAuth?: ClientTls } };

/** Long after a minute, when the next one begins, what is not done is left to it. */
const longestMs = 600_000;
/** After so many rounds, what still follows is left to the next minute. */
const maxRounds = 20;

/** The controller as a module worker, for workerd and whoever runs it: everything that is served, and what is due by time. */
export default {
  async fetch(request: WorkerRequest, env: Bindings): Promise<Response> {
    const response = await serve(env)(request, toPeer(request));
    return asEncoded(response);
  },

  /**
   * Does what follows from what was written, and what is due by time. To be called by a cron trigger each minute. Rejects, so
   * that the platform shows it, when something could not be done.
   */
  async scheduled(_event: unknown, env: Bindings): Promise<void> {
    try {
      await doDue(env);
    } catch (error) {
      workerPorts('error').log.error('what is due by time was not done', { error });
      throw error;
    }
  },
};

/** The runtime encodes what says that it is encoded, unless it is told that it is so already. */
const asEncoded = (response: Response): Response => {
  const encoding = response.headers.get('content-encoding');
  if (encoding === null || encoding === 'identity') return response;
  const { status, headers, body } = response;
  const init: WorkerResponseInit = { status, headers, encodeBody: 'manual' };
  return new Response(body, init);
};

const doDue = async (env: Bindings): Promise<void> => {
  const opened = await openWorker(env);
  const { store, telemetry, ports } = opened;
  const parts = partsOf(opened);
  const access = await parts.access();
  const name = `worker-${ports.random.uuid()}`;
  const behind = openBehind({ ...parts, telemetry, access, outbound, name });
  const signal = AbortSignal.timeout(longestMs);
  try {
    const failing = await behind.tick();
    // What follows from a change may concern devices again.
    for (let round = 0; round < maxRounds && (await catchUp({ store, behind }, signal)); round += 1);
    if (failing.size > 0) throw new Error([...failing].map(([key, why]) => `${key}: ${why}`).join('; '));
  } finally {
    await opened.close();
  }
};

import { Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import { answer, answerFault } from './answer.ts';
import type { DeviceEnv, Endpoint, Room } from './room.ts';
import { attest } from './routes/attest.ts';
import { certs } from './routes/certs.ts';
import { compound } from './routes/compound.ts';
import { config } from './routes/config.ts';
import { logs } from './routes/logs.ts';
import { newlogs } from './routes/newlogs.ts';
import { ping } from './routes/ping.ts';
import { register } from './routes/register.ts';
import { report } from './routes/report.ts';
import { scep } from './routes/scep.ts';
import { uuid } from './routes/uuid.ts';
import { bareRoutes } from './v1/routes.ts';

/**
 * The API that EVE devices call, version 2: `/api/v2/edgedevice/…`, also spelled `edgeDevice`, also with a slash at the end.
 * Every body is signed; TLS tells nothing about the caller. Where it is wanted, version 1 too. Statuses, see `session.ts` and `answer.ts`: 4xx is for good, and
 * trouble of the controller's own is always 503.
 */
export const createDeviceApp = (room: Room): Hono<{ Bindings: DeviceEnv }> => {
  const app = new Hono<{ Bindings: DeviceEnv }>({ getPath: pathOf });
  const fail = (error: unknown, { method, url }: Request): Response =>
    answerFault(error, room.ports.log, `${method} ${url.slice(url.indexOf('/', 8)).slice(0, 200)}`);
  const add = (method: 'GET' | 'POST', paths: readonly string[], endpoint: Endpoint, below = base) => {
    for (const path of paths) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      app.on(method, below + path, async c => {
        const { uuid, app: instance } = c.req.param() as Record<string, string | undefined>; // depends on the path
        const response = await endpoint(c.req.raw, {
          ...(uuid === undefined ? {} : { uuid: uuid.toLowerCase() }),
          ...(instance === undefined ? {} : { app: instance }),
          ...(c.env?.peer?.certificate && { certificate: c.env.peer.certificate }),
        }).catch((error: unknown) => fail(error, c.req.raw));
        room.onAnswer?.(name, response.status);
        if (uuid !== undefined) tell(room, c.req.raw, uuid.toLowerCase(), response.status, c.env);
        return response;
      });
    }
  };

  add('GET', ['/ping'], ping());
  add('GET', ['/certs'], certs(room));
  add('POST', ['/certs'], certs(room));
  add('POST', ['/register'], register(room));
  add('POST', ['/uuid'], uuid(room));
  add('POST', ['/id/:uuid/config', '/config'], config(room));
  add('POST', ['/id/:uuid/compound-config'], compound(room));
  add('POST', ['/id/:uuid/attest'], attest(room));
  for (const kind of ['info', 'metrics', 'flowlog', 'hardwarehealth'] as const) {
    add('POST', [`/id/:uuid/${kind}`], report(room, kind));
  }
  // The specification leaves the device out of the URL of application logs; devices put it there.
  const apps = ['/id/:uuid/apps/instanceid/:app', '/apps/instanceid/:app'];
  add('POST', ['/id/:uuid/newlogs', ...apps.map(path => `${path}/newlogs`)], newlogs(room));
  const oldApps = [...apps, '/id/:uuid/apps/instances/id/:app', '/apps/instances/id/:app'];
  add('POST', ['/id/:uuid/logs', ...oldApps.map(path => `${path}/logs`)], logs(room));
  add('POST', ['/id/:uuid/proxy/scep'], scep(room));
  if (room.hasV1) for (const [method, path, endpoint] of bareRoutes(room)) add(method, [path], endpoint, bareBase);

  app.notFound(() => answer(404));
  app.onError((error, c) => fail(error, c.req.raw));
  return app;
};

/** A refusal with 403 comes after the certificate was found and the signature verified; all others may come before. */
const tell = (
  { onRequest }: Room,
  request: Request,
  uuid: string,
  status: number,
  env: DeviceEnv | undefined,
): void => {
  if (!onRequest || (status >= 400 && status !== 403)) return;
  const { pathname, search } = new URL(request.url);
  const forwarded = request.headers.get('x-forwarded-for');
  onRequest({
    uuid,
    method: request.method,
    url: pathname + search,
    ...(env?.remoteAddress !== undefined && { address: env.remoteAddress }),
    ...(forwarded !== null && { forwarded }),
  });
};

const base = '/api/v2/edgedevice';
const bareBase = '/api/v1/edgedevice';

/** Never empty: the router knows no such path. */
const pathOf = (request: Request): string => {
  const path = getPath(request);
  const spelled = path.startsWith(base)
    ? path
    : path.replace(/^\/api\/v([12])\/edgedevice(?=\/)/i, '/api/v$1/edgedevice');
  let end = spelled.length;
  while (end > 1 && spelled[end - 1] === '/') end -= 1;
  return end === spelled.length ? spelled || '/' : spelled.slice(0, end);
};

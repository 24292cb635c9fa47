import { Hono } from 'hono';
import type { PeerEnv } from '../kube/access/peer.ts';
import { type Visit, visit } from '../kube/visit.ts';
import { answerFault, done, text } from './answer.ts';
import { toCaller } from './caller.ts';
import { getCerts } from './certs.ts';
import { getConfig, putConfig } from './config.ts';
import { addDevice, clearDevices, getDevice, listDevices, removeDevice } from './devices.ts';
import { getGlobals, putGlobals } from './globals.ts';
import { addOnboard, clearOnboards, getOnboard, listOnboards, removeOnboard } from './onboards.ts';
import { getOptions, putOptions } from './options.ts';
import { readRecords } from './records.ts';
import type { AdamRoom, Handler } from './room.ts';
import type { Followers } from './stream.ts';

/**
 * The API of lf-edge/adam, `/admin/…` and `/probe`, over the objects of one namespace: its devices are Devices, their
 * configurations DeviceConfigs with `management: Manual`, its onboarding certificates OnboardCertificates. Errors are one
 * line of text. The door hands `PeerEnv` beside the request. Where the answers differ from Adam's: `docs/adam.md`.
 */
export const createAdamApp = (room: AdamRoom): Hono<{ Bindings: PeerEnv }> => {
  const app = new Hono<{ Bindings: PeerEnv }>();
  const { log, random } = room.ports;
  const serve = (request: Request, env: PeerEnv, where: string, act: (visitor: Visit) => Promise<Response>) =>
    visit({ ...room.guards, random }, request, env, act, error => answerFault(error, log, where));
  for (const [path, handlers] of Object.entries(routesOf())) {
    app.all(path, ({ req, env }) => {
      // Hono turns HEAD into GET for routes of its own; these are for all methods.
      const handler = handlers[req.method === 'HEAD' ? 'GET' : req.method];
      return serve(req.raw, env ?? {}, `${req.method} ${path}`, async visitor => {
        if (!handler) return done(405, { allow: Object.keys(handlers).join(', ') });
        const params = req.param() as Record<string, string>; // of the path
        return handler({ room, request: req.raw, caller: toCaller(visitor), params, stay: visitor.stay });
      });
    });
  }
  app.get('/probe', () => done());
  app.all('*', ({ req, env }) => serve(req.raw, env ?? {}, req.method, async () => text('Not Found\n', 404)));
  return app;
};

type Methods = Readonly<Record<string, Handler>>;

const routesOf = (): Readonly<Record<string, Methods>> => {
  const followers: Followers = { count: 0 };
  const device = '/admin/device/:uuid';
  return {
    '/admin/onboard': { GET: listOnboards, POST: addOnboard, DELETE: clearOnboards },
    // The slashes of a common name are part of it.
    '/admin/onboard/:cn{.+}': { GET: getOnboard, DELETE: removeOnboard },
    '/admin/device': { GET: listDevices, POST: addDevice, DELETE: clearDevices },
    [device]: { GET: getDevice, DELETE: removeDevice },
    [`${device}/config`]: { GET: getConfig, PUT: putConfig },
    [`${device}/certs`]: { GET: getCerts },
    [`${device}/options`]: { GET: getOptions, PUT: putOptions },
    [`${device}/logs`]: { GET: readRecords({ kind: 'log', subresource: 'log' }, followers) },
    [`${device}/info`]: { GET: readRecords({ kind: 'info', subresource: 'info' }, followers) },
    [`${device}/metrics`]: { GET: readRecords({ kind: 'metrics', subresource: 'metrics' }, followers) },
    [`${device}/flowlogs`]: { GET: readRecords({ kind: 'flowlog', subresource: 'flowlog' }, followers) },
    [`${device}/requests`]: { GET: readRecords({ kind: 'requests', subresource: 'requests' }, followers) },
    [`${device}/app/:app/logs`]: { GET: readRecords({ kind: 'applog', subresource: 'log' }, followers) },
    '/admin/options': { GET: getGlobals, PUT: putGlobals },
  };
};

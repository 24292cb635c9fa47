import type { Endpoint, Room } from '../room.ts';
import { config } from '../routes/config.ts';
import { logs } from '../routes/logs.ts';
import { newlogs } from '../routes/newlogs.ts';
import { ping } from '../routes/ping.ts';
import { report } from '../routes/report.ts';
import { uuid } from '../routes/uuid.ts';
import { bare } from './bare.ts';
import { getBareConfig } from './config.ts';
import { registerBare } from './register.ts';

/** Version 1 of the API, below `/api/v1/edgedevice`: method, path, endpoint. Certificates and attestation are version 2's. */
export const bareRoutes = (room: Room): readonly (readonly ['GET' | 'POST', string, Endpoint])[] => {
  const protocol = bare(room);
  return [
    ['GET', '/ping', ping()],
    ['POST', '/register', registerBare(room)],
    ['POST', '/uuid', uuid(room, protocol)],
    ['GET', '/config', getBareConfig(room, protocol)],
    ['POST', '/config', config(room, protocol)],
    ['POST', '/info', report(room, 'info', protocol)],
    ['POST', '/metrics', report(room, 'metrics', protocol)],
    ['POST', '/flowlog', report(room, 'flowlog', protocol)],
    ['POST', '/logs', logs(room, protocol)],
    ['POST', '/newlogs', newlogs(room, protocol)],
    ['POST', '/apps/instances/id/:app/logs', logs(room, protocol)],
    ['POST', '/apps/instanceid/id/:app/newlogs', newlogs(room, protocol)],
  ];
};

import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { Fault } from '../shared/base/fault.ts';
import type { Ports } from '../shared/base/ports.ts';
import { reportPositions } from '../shared/compose/uptake.ts';
import type { PeerEnv } from '../shared/kube/access/peer.ts';
import { unauthorizedFor } from '../shared/kube/faults.ts';
import { type VisitParts, visit } from '../shared/kube/visit.ts';
import { encodeBackup } from '../shared/store/backup/encode.ts';
import { takeBackup } from '../shared/store/backup/take.ts';
import type { Movable } from '../shared/store/movable.ts';
import { toErrorResponse } from '../shared/stream/status.ts';
import { installation } from './identity/belong.ts';

/** Where a running controller gives its backup. */
export const backupPath = '/backup';

/** What a backup leaves out: how far what devices sent was read, which it does not hold, and whose the store was. */
const without = [reportPositions, installation];

/** A store's backup as a file's bytes: gzip over `encodeBackup`. */
export const toBackup = (store: Movable, { clock, random }: Pick<Ports, 'clock' | 'random'>): Readable => {
  const head = { id: random.uuid(), at: new Date(clock.now()).toISOString() };
  return compress(encodeBackup(head, takeBackup(store, without)));
};

/** Gzip; fails when its source does. */
export const compress = (bytes: AsyncIterable<Uint8Array>): Readable =>
  pipeline(Readable.from(bytes, { objectMode: false }), createGzip(), ignore);

/** The other way round. */
export const decompress = (source: Readable): Readable => pipeline(source, createGunzip(), ignore);

/** Whoever reads the end of a pipeline hears of its errors. */
const ignore = (): void => {};

export interface BackupParts extends VisitParts {
  readonly store: Movable;
  readonly ports: Ports;
}

/** `GET /backup`: the whole store, all Secrets included, for whom RBAC lets `get` this path (`nonResourceURLs`). */
export const createBackupApp =
  ({ store, ports, ...parts }: BackupParts) =>
  (request: Request, env: PeerEnv): Promise<Response> =>
    visit(
      { ...parts, random: ports.random },
      request,
      env,
      async ({ user, authorizer }) => {
        const attributes = { user, verb: 'get', path: backupPath };
        const { allowed, reason } = await authorizer.authorize(attributes);
        if (!allowed) throw unauthorizedFor(attributes, reason);
        if (request.method !== 'GET') {
          throw new Fault('MethodNotAllowed', 'the server does not allow this method on the requested resource');
        }
        ports.log.info('backup taken', { user: user.name });
        // Node's stream types and the web's are the same thing under two names.
        const body = Readable.toWeb(toBackup(store, ports)) as ReadableStream<Uint8Array>;
        return new Response(body, { headers });
      },
      error => toErrorResponse(error, ports.log),
    );

const headers = {
  'content-type': 'application/gzip',
  'content-disposition': 'attachment; filename="kubeve.backup"',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

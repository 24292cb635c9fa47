import { Fault } from '../base/fault.ts';
import type { ObjectRef } from '../base/object.ts';
import type { Authorizer, User } from '../kube/access/user.ts';
import { authorizePart } from './access.ts';

/** A Device's signed first settings; with `isClear` also such as hold secrets in the clear. */
export type Bootstrap = (ref: ObjectRef, isClear: boolean) => Promise<Uint8Array>;

interface Parts {
  readonly authorizer: Authorizer;
  findDevice(uuid: string): Promise<ObjectRef | undefined>;
}

const pattern = /^\/edgenode\/([0-9A-Za-z-]{1,64})\/bootstrap$/;

/** The UUID in the URL of first settings, in lower case. */
export const toBootstrapTarget = (path: string): string | undefined => pattern.exec(path)?.[1]?.toLowerCase();

/**
 * `GET /edgenode/<uuid>/bootstrap`: the file `bootstrap-config.pb` for the config partition of a Device, for who may `get` its
 * subresource `bootstrap`. `?secrets=clear` lets it hold secrets in the clear.
 */
export const serveBootstrap = async (
  parts: Parts,
  bootstrap: Bootstrap,
  request: Request,
  user: User,
  uuid: string,
): Promise<Response> => {
  if (request.method !== 'GET')
    throw new Fault('MethodNotAllowed', 'the server does not allow this method on the requested resource');
  const ref = await authorizePart(parts, user, uuid, 'get', 'bootstrap');
  const secrets = new URL(request.url).searchParams.get('secrets');
  if (secrets !== null && secrets !== 'clear') throw new Fault('BadRequest', 'secrets must be clear, or absent');
  const bytes = await bootstrap(ref, secrets === 'clear');
  return new Response(new Uint8Array(bytes), {
    headers: { 'content-type': 'application/x-proto-binary', 'cache-control': 'no-cache, private' },
  });
};

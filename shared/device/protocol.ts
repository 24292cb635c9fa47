import { readBody } from './body.ts';
import type { Params, Room } from './room.ts';
import { openSession, type Session } from './session.ts';

/** How messages of a version of the API are signed and who their sender is. */
export interface Protocol {
  /** Who is calling, and what was sent; Faults as `openSession` throws them. */
  open(request: Request, params: Params, limit: number): Promise<Session>;
  /** A message as it goes out. */
  seal(payload: Uint8Array): Uint8Array;
  /** What is kept as the composer signed it, an AuthContainer, as it goes out. */
  pass(container: Uint8Array): Uint8Array;
}

/** Version 2: both ways in signed containers. */
export const enveloped = (room: Room): Protocol => ({
  open: async (request, { uuid }, limit) => openSession(room.fleet, await readBody(request, limit), uuid),
  seal: payload => room.controller.seal(payload),
  pass: container => container,
});

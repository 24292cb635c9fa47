import { answer } from '../answer.ts';
import type { Endpoint, Room } from '../room.ts';

/** The controller's certificates, signed. Some old clients POST. */
export const certs =
  ({ controller }: Room): Endpoint =>
  async () =>
    answer(200, controller.certs);

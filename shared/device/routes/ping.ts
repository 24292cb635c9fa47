import { answer } from '../answer.ts';
import type { Endpoint } from '../room.ts';

/** Whether the controller can be reached; asked by everybody, also through a port that is only being tried. */
export const ping = (): Endpoint => async () => answer(200);

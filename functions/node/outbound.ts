import type { Outbound } from '../outbound.ts';
import { get } from './get.ts';
import { post } from './post.ts';

/** Over Node's own clients. */
export const outbound: Outbound = { get, post, fetch: (input, init) => globalThis.fetch(input, init) };

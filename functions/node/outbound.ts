import type { Outbound } from '../outbound.ts';
import { get } from './get.ts';
import { post } from './post.ts';
import { reach } from './reach.ts';

/** Over Node's own clients. */
export const outbound: Outbound = { get, post, reach };

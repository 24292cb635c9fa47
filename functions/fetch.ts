import type { PeerEnv } from '../shared/kube/access/peer.ts';

/** What a door hands a request to, with what it knows of the other end. */
export type Fetch = (request: Request, env: PeerEnv) => Response | Promise<Response>;

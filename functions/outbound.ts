import type { Reach } from '../shared/device/room.ts';
import type { Get } from '../shared/kube/access/get.ts';
import type { Post } from '../shared/kube/extend/convert.ts';

/** How a runtime reaches others: issuers of tokens, webhooks, what devices ask to be asked for them. */
export interface Outbound {
  readonly get: Get;
  readonly post: Post;
  readonly reach: Reach;
}

import { generateKeyPairSync } from 'node:crypto';
import type { Ports } from '../../shared/base/ports.ts';
import { toTokenKeys } from '../../shared/kube/access/accounts/keys.ts';
import type { Authenticate } from '../../shared/kube/access/authenticate.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';
import type { Fetch } from '../fetch.ts';
import { createGuards } from '../guards.ts';
import { openBundle } from '../identity/bundle.ts';
import { createKeyring } from '../identity/keyring.ts';
import { openKube } from '../kube.ts';
import { openObjects } from '../objects.ts';
import type { Outbound } from '../outbound.ts';
import { route } from '../route.ts';

/**
 * An empty installation that knows nobody. It answers for tenants that do not exist, in the very words of those that do to
 * strangers, so that nobody can tell them apart.
 */
export const openNobody = (ports: Ports, outbound: Pick<Outbound, 'get' | 'post'>): Fetch => {
  const store = createMemoryStore({ clock: ports.clock });
  const { pair } = createKeyring(openBundle(), ports);
  const clientAuthority = pair('client-authority', { subject: [['CN', 'nobody']], authority: {}, days: 3650 });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = toTokenKeys(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const objects = openObjects({ ports, store, identity: { clientAuthority }, keys, outbound });
  const { signal: closing } = new AbortController();
  const apps = openKube({
    ports,
    store,
    telemetry: createMemoryTelemetry(),
    objects,
    guards: createGuards({ ...objects, authenticate: closed(objects.authenticate) }),
    movable: store,
    closing,
  });
  return route(apps);
};

/** Refuses what does not hold, and takes nobody for somebody. */
const closed =
  (authenticate: Authenticate): Authenticate =>
  async (request, peer) => {
    await authenticate(request, peer);
    return undefined;
  };

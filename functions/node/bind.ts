import { join } from 'node:path';
import { fromKey, type ObjectRef } from '../../shared/base/object.ts';
import type { Ports } from '../../shared/base/ports.ts';
import { createFleet } from '../../shared/controllers/enrol.ts';
import { createDeviceApp } from '../../shared/device/app.ts';
import { createController } from '../../shared/eve/controller.ts';
import { createFairness } from '../../shared/kube/access/fairness.ts';
import { createRbac } from '../../shared/kube/access/rbac.ts';
import { createAdmission } from '../../shared/kube/admission/admission.ts';
import { createKubeApp } from '../../shared/kube/app.ts';
import type { Auditor } from '../../shared/kube/audit/auditor.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createDescribeApp } from '../../shared/kube/describe/app.ts';
import { createExtensions } from '../../shared/kube/extend/extensions.ts';
import { createRegistry } from '../../shared/kube/registry/registry.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import { bootstrap } from '../../shared/resources/bootstrap.ts';
import { resources } from '../../shared/resources/index.ts';
import type { Marks } from '../../shared/store/marks.ts';
import type { Store } from '../../shared/store/store.ts';
import { createStreamApp } from '../../shared/stream/app.ts';
import { openFileTelemetry } from '../../shared/telemetry/drivers/files.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { decodeTelemetry } from '../decode.ts';
import { type AccessSettings, openAccess } from './access.ts';
import { type AdamSettings, openAdam } from './adam.ts';
import { replaceable } from './controller.ts';
import type { Fetch } from './door.ts';
import type { Identity } from './identity/identity.ts';
import { toSigner } from './identity/signer.ts';
import { createLoops, type Loops } from './loops.ts';
import { post } from './post.ts';
import { route } from './route.ts';

export interface BindOptions extends Ports {
  readonly dir: string;
  readonly store: Store & { readonly marks: Marks };
  readonly identity: Identity;
  readonly access?: AccessSettings;
  /** Serves devices that speak version 1 of their API too. */
  readonly deviceApiV1?: boolean;
  /** Serves Adam's API too. */
  readonly adam?: AdamSettings;
  /** Records requests. */
  readonly auditor?: Auditor;
  /** Aborts when the process is about to end: what is followed ends first. */
  readonly closing: AbortSignal;
}

export interface Bound {
  readonly fetch: Fetch;
  readonly loops: Loops;
  readonly telemetry: Telemetry;
  /** Signs and encrypts with other certificates from now on, for every device. */
  replace(identity: Pick<Identity, 'signing' | 'ecdh' | 'intermediates'>): Promise<void>;
}

/** Puts the rooms together for one process: everything that is served, and everything that runs behind it. */
export const bind = async (options: BindOptions): Promise<Bound> => {
  const {
    dir,
    store,
    identity,
    access: settings,
    auditor,
    adam: adamSettings,
    deviceApiV1,
    closing,
    ...ports
  } = options;
  const { marks } = store;
  const telemetry = await openFileTelemetry({ dir: join(dir, 'telemetry'), log: ports.log });
  const rbac = createRbac({ store });
  const access = openAccess({
    dir,
    identity,
    ...settings,
    ...ports,
    find: (plural, ref) => registry.find(catalog.get('', plural), ref),
  });
  const { authenticate, tokens, accounts } = access;
  const builtIn = resources({ rbac, tokens, accounts, marks });
  const catalog = createCatalog(builtIn);
  const admission = createAdmission({ store, catalog, authorizer: rbac, post, ...ports });
  const registry = createRegistry({ store, catalog, admission, ...ports });
  await bootstrap(registry);
  const extensions = createExtensions({
    store,
    catalog,
    builtIn,
    log: ports.log,
    convert: { random: ports.random, post },
  });
  await extensions.catchUp();
  const { controller, replace } = replaceable(createController(identity));
  const loops = createLoops({
    registry,
    extensions,
    store,
    marks,
    telemetry,
    controller,
    accounts,
    sign: toSigner(identity, ports),
    ports,
    rootPem: identity.root.certificatePem,
  });
  const describe = createDescribeApp({ catalog, checks: loops.checks, accounts });
  const fleet = createFleet({ registry, store, ...ports });
  const adam =
    adamSettings &&
    openAdam(adamSettings, { registry, store, telemetry, fleet, authenticate, authorizer: rbac, closing, ports });
  const device = createDeviceApp({
    fleet,
    store,
    marks,
    telemetry,
    controller,
    ports,
    fetch: globalThis.fetch,
    ...(deviceApiV1 && { hasV1: true }),
    ...adam?.device,
  });
  const kube = createKubeApp({
    registry,
    refresh: extensions.catchUp,
    authenticate,
    authorizer: rbac,
    describe,
    closing,
    ...(auditor && { auditor }),
    fairness: createFairness(),
    ...ports,
  });
  const stream = createStreamApp({
    telemetry,
    authenticate,
    authorizer: rbac,
    findDevice: findDevice(store, catalog.get('eve.lfedge.org', 'devices')),
    decode: decodeTelemetry,
    signal: closing,
    ports,
  });
  return {
    loops,
    telemetry,
    replace: async next => {
      replace(createController(next));
      await loops.recompose();
    },
    fetch: route({
      ...(adam && { adam: adam.fetch }),
      device: (request, env) => device.fetch(request, env),
      stream: (request, env) => stream.fetch(request, env),
      kube: (request, env) => kube.fetch(request, env),
    }),
  };
};

/** The Device that has a UUID, by its index term. */
const findDevice =
  (store: Store, devices: ResourceType) =>
  async (uuid: string): Promise<ObjectRef | undefined> => {
    const [key] = await store.find(devices.storage, `uuid=${uuid}`);
    return key === undefined ? undefined : fromKey(key);
  };

import { toUuid } from '../base/uuid.ts';
import type { DeviceSpec } from '../resources/eve/devicespec.ts';
import { addCluster } from './cluster.ts';
import { addDatastore } from './datastores.ts';
import { toDisks } from './disks.ts';
import { attempt, type Draft } from './draft.ts';
import { addEdgeView } from './edgeview.ts';
import { addEnrollments } from './enrollments.ts';
import { modelOf } from './hardware.ts';
import { readOptionalSecret } from './secrets.ts';
import { within } from './within.ts';

/** What concerns the device as a whole. Command counters are always there: EVE acts on a change only when it knew the value before. */
export const addSystem = (draft: Draft): void => {
  const { device } = draft.from;
  const spec: DeviceSpec = device.spec ?? {};
  const { config } = draft;
  config.reboot = { counter: spec.reboot?.counter ?? 0 };
  config.shutdown = { counter: spec.shutdown?.counter ?? 0 };
  config.backup = { counter: spec.backup?.counter ?? 0 };
  const model = modelOf(draft)?.spec;
  config.manufacturer = spec.manufacturer ?? model?.manufacturer;
  config.productName = spec.productName ?? model?.productName;
  config.maintenance_mode = spec.maintenanceMode;
  config.controller_epoch = spec.controllerEpoch ?? epochOf(device.metadata.creationTimestamp);
  config.device_name = device.metadata.name;
  const { namespace = '' } = device.metadata;
  config.project_name = spec.project?.name ?? namespace;
  config.project_id = spec.project?.id ?? toUuid(namespace, 'project');
  config.enterprise_name = spec.enterprise?.name;
  config.enterprise_id = spec.enterprise?.id;
  config.global_profile = spec.profile?.global;
  config.disks = spec.disks && toDisks(spec.disks);
  attempt(draft, device, [], () => addProfile(draft, spec));
  attempt(draft, device, [], () => addEdgeView(draft, spec));
  attempt(draft, device, [], () => addEnrollments(draft, spec));
  addCluster(draft, spec);
  attempt(draft, device, [], () => addConsole(draft, spec));
};

/** A Device that was made anew knows nothing of what its device reported: another epoch makes the device say it all again. */
const epochOf = (created: string | null | undefined): number | undefined =>
  created ? Math.floor(Date.parse(created) / 1000) : undefined;

const addProfile = (draft: Draft, { profile }: DeviceSpec): void => {
  const token = readOptionalSecret(draft, profile?.localServerTokenSecret, 'spec.profile.localServerTokenSecret');
  draft.config.local_profile_server = profile?.localServer;
  draft.config.profile_server_token = token;
};

const addConsole = (draft: Draft, { localOperatorConsole: console }: DeviceSpec): void => {
  if (!console) return;
  draft.config.loc_config = {
    loc_url: console.url,
    datastore_collect_info_id: console.collectInfo?.map((name, at) =>
      within(`spec.localOperatorConsole.collectInfo[${at}]`, () => addDatastore(draft, name)),
    ),
  };
};

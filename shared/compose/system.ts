import {
  ClusterType,
  type DiskConfig,
  DiskConfigType,
  DisksArrayType,
  type DisksConfig,
  EAPMethod,
  HAScheme,
  HashAlgorithm,
  KeyType,
  type SCEPProfile,
} from '../eve/generated/config.ts';
import type { DeviceSpec } from '../resources/eve/devicespec.ts';
import { addDatastore } from './datastores.ts';
import { attempt, type Draft } from './draft.ts';
import { toPems } from './pem.ts';
import { readOptionalSecret, readSecret, seal } from './secrets.ts';

/** What concerns the device as a whole. Command counters are always there: EVE acts on a change only when it knew the value before. */
export const addSystem = (draft: Draft): void => {
  const { device } = draft.from;
  const spec: DeviceSpec = device.spec ?? {};
  const { config } = draft;
  config.reboot = { counter: spec.reboot?.counter ?? 0 };
  config.shutdown = { counter: spec.shutdown?.counter ?? 0 };
  config.backup = { counter: spec.backup?.counter ?? 0 };
  config.manufacturer = spec.manufacturer;
  config.productName = spec.productName;
  config.maintenance_mode = spec.maintenanceMode;
  config.controller_epoch = spec.controllerEpoch;
  config.device_name = device.metadata.name;
  config.project_name = device.metadata.namespace;
  config.global_profile = spec.profile?.global;
  config.disks = spec.disks && toDisks(spec.disks);
  config.pnacs = spec.portAccess?.map(one => ({
    logicallabel: one.port,
    eap_identity: one.identity,
    eap_method: EAPMethod.EAP_METHOD_TLS,
    cert_enrollment_profile_name: one.enrollment,
  }));
  attempt(draft, device, [], () => addProfile(draft, spec));
  attempt(draft, device, [], () => addEdgeView(draft, spec));
  attempt(draft, device, [], () => addEnrollments(draft, spec));
  attempt(draft, device, [], () => addCluster(draft, spec));
  attempt(draft, device, [], () => addConsole(draft, spec));
};

const addProfile = (draft: Draft, { profile }: DeviceSpec): void => {
  const token = readOptionalSecret(draft, profile?.localServerTokenSecret);
  draft.config.local_profile_server = profile?.localServer;
  draft.config.profile_server_token = token;
};

const addEdgeView = (draft: Draft, { edgeView }: DeviceSpec): void => {
  if (!edgeView) return;
  draft.config.edgeview = {
    token: readSecret(draft, edgeView.tokenSecret).trim(),
    disp_cert_pem: toPems(edgeView.dispatcherCertificates),
    dev_policy: { allow_dev: edgeView.allowDevice },
    app_policy: { allow_app: edgeView.allowApplications },
    ext_policy: { allow_ext: edgeView.allowExternal },
    generation_id: edgeView.generation,
  };
};

type Enrollment = NonNullable<DeviceSpec['certificateEnrollments']>[number];

const addEnrollments = (draft: Draft, spec: DeviceSpec): void => {
  draft.config.scep_profiles = spec.certificateEnrollments?.map(one => toScep(draft, one));
};

const keyTypes = {
  RSA2048: KeyType.KEY_TYPE_RSA_2048,
  RSA3072: KeyType.KEY_TYPE_RSA_3072,
  RSA4096: KeyType.KEY_TYPE_RSA_4096,
  ECDSAP256: KeyType.KEY_TYPE_ECDSA_P256,
  ECDSAP384: KeyType.KEY_TYPE_ECDSA_P384,
  ECDSAP521: KeyType.KEY_TYPE_ECDSA_P521,
};

const hashes = {
  SHA256: HashAlgorithm.HASH_ALGORITHM_SHA256,
  SHA384: HashAlgorithm.HASH_ALGORITHM_SHA384,
  SHA512: HashAlgorithm.HASH_ALGORITHM_SHA512,
};

const toScep = (draft: Draft, one: Enrollment): SCEPProfile => ({
  profile_name: one.name,
  scep_url: one.url,
  use_controller_proxy: one.useControllerProxy,
  scep_challenge_password: seal(draft, `scep/${one.name}`, {
    scep_challenge_password: readOptionalSecret(draft, one.challengePasswordSecret),
  }),
  ca_cert_pem: toPems(one.caCertificates),
  csr_profile: {
    common_name: one.subject?.commonName,
    organization: one.subject?.organization,
    organizational_unit: one.subject?.organizationalUnit,
    country: one.subject?.country,
    state: one.subject?.state,
    locality: one.subject?.locality,
    san_dns: one.alternativeNames?.dns,
    san_ip: one.alternativeNames?.ip,
    san_uri: one.alternativeNames?.uri,
    san_email: one.alternativeNames?.email,
    renew_period_percent: one.renewPeriodPercent,
    key_type: one.keyType && keyTypes[one.keyType],
    hash_algorithm: one.hashAlgorithm && hashes[one.hashAlgorithm],
  },
});

const clusterTypes = {
  K3sBase: ClusterType.CLUSTER_TYPE_K3S_BASE,
  ReplicatedStorage: ClusterType.CLUSTER_TYPE_REPLICATED_STORAGE,
  HA: ClusterType.CLUSTER_TYPE_HA,
};

const addCluster = (draft: Draft, { cluster }: DeviceSpec): void => {
  if (!cluster) return;
  draft.config.cluster = {
    cluster_name: cluster.name,
    cluster_id: cluster.id,
    cluster_interface: cluster.interface,
    cluster_ip_prefix: cluster.ipPrefix,
    is_worker_node: cluster.worker,
    join_server_ip: cluster.joinServerIP,
    encrypted_cluster_token: seal(draft, `cluster/${cluster.id}`, {
      cluster_token: readSecret(draft, cluster.tokenSecret),
    }),
    cluster_type: cluster.type && clusterTypes[cluster.type],
    tie_breaker_node_id: cluster.tieBreakerNodeId,
    ha_scheme: cluster.haScheme && HAScheme.HA_SCHEME_K3S_EMBEDDED,
    load_balancer_service: cluster.loadBalancers && {
      interfaces: cluster.loadBalancers.map(one => ({ interface_name: one.interface, address_cidrs: one.addresses })),
    },
  };
};

const addConsole = (draft: Draft, { localOperatorConsole: console }: DeviceSpec): void => {
  if (!console) return;
  draft.config.loc_config = {
    loc_url: console.url,
    datastore_collect_info_id: console.collectInfo?.map(name => addDatastore(draft, name)),
  };
};

type Disks = NonNullable<DeviceSpec['disks']>;
type DisksLevel = Pick<Disks, 'arrayType' | 'disks'>;

const arrayTypes = {
  RAID0: DisksArrayType.DISKS_ARRAY_TYPE_RAID0,
  RAID1: DisksArrayType.DISKS_ARRAY_TYPE_RAID1,
  RAID5: DisksArrayType.DISKS_ARRAY_TYPE_RAID5,
  RAID6: DisksArrayType.DISKS_ARRAY_TYPE_RAID6,
};

const diskUses = {
  EVEOS: DiskConfigType.DISK_CONFIG_TYPE_EVEOS,
  Persist: DiskConfigType.DISK_CONFIG_TYPE_PERSIST,
  ZFSOnline: DiskConfigType.DISK_CONFIG_TYPE_ZFS_ONLINE,
  ZFSOffline: DiskConfigType.DISK_CONFIG_TYPE_ZFS_OFFLINE,
  AppDirect: DiskConfigType.DISK_CONFIG_TYPE_APPDIRECT,
  Unused: DiskConfigType.DISK_CONFIG_TYPE_UNUSED,
};

const toDisks = (disks: Disks): DisksConfig => ({ ...toLevel(disks), children: disks.children?.map(toLevel) });

const toLevel = ({ arrayType, disks }: DisksLevel): DisksConfig => ({
  array_type: arrayType && arrayTypes[arrayType],
  disks: disks?.map(
    ({ disk, oldDisk, use }): DiskConfig => ({
      disk: { name: disk.name, logical_name: disk.logicalName, serial: disk.serial },
      old_disk: oldDisk && { name: oldDisk.name, logical_name: oldDisk.logicalName, serial: oldDisk.serial },
      disk_config: diskUses[use],
    }),
  ),
});

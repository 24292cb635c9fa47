/** Store types of the objects that configurations are made from. */
export const kinds = {
  device: 'objects/eve.lfedge.org/devices',
  deviceConfig: 'objects/eve.lfedge.org/deviceconfigs',
  networkConfig: 'objects/eve.lfedge.org/networkconfigs',
  deviceNetwork: 'objects/eve.lfedge.org/devicenetworks',
  image: 'objects/eve.lfedge.org/images',
  application: 'objects/eve.lfedge.org/applications',
  configMap: 'objects/core/configmaps',
  secret: 'objects/core/secrets',
  claim: 'objects/core/persistentvolumeclaims',
  storageClass: 'objects/storage.k8s.io/storageclasses',
  deviceCluster: 'objects/kubeve.io/deviceclusters',
  deviceModel: 'objects/kubeve.io/devicemodels',
  patchEnvelope: 'objects/kubeve.io/patchenvelopes',
} as const;

export type Kind = keyof typeof kinds;

/** Kept by the device room: what is known of each device by its UUID. */
export const devices = 'devices';
/** Kept by the composer: what each device is served, by its UUID. */
export const configs = 'configs';

/** All that configurations follow from. */
export const followed: readonly string[] = [...Object.values(kinds), devices];

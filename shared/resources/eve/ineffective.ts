import type { ApplicationSpec, Container, VolumeSpec } from './applicationspec.ts';

/** Fields that are taken as a Pod's, or alone, from which nothing follows on a device: texts to warn with. `path`: of the spec. */
export const ineffective = (spec: ApplicationSpec, path: string): string[] => {
  const { containers, volumes = [], tolerations = [], eve = {} } = spec;
  const texts = [
    ...containers.flatMap((one, at) => mountsOf(one, volumes, `${path}.containers[${at}]`)),
    ...volumes.flatMap(({ persistentVolumeClaim: claim }, at) =>
      claim?.readOnly ? [`${path}.volumes[${at}].persistentVolumeClaim.readOnly: ${writable}`] : [],
    ),
    ...tolerations.flatMap(({ tolerationSeconds }, at) =>
      tolerationSeconds === undefined
        ? []
        : [`${path}.tolerations[${at}].tolerationSeconds: has no effect; an Application stays where it is`],
    ),
  ];
  if (eve.resolution !== undefined && eve.mode !== 'FML')
    texts.push(`${path}.eve.resolution: has no effect without mode FML`);
  if (eve.vnc && !eve.vnc.enabled && Object.keys(eve.vnc).some(field => field !== 'enabled'))
    texts.push(`${path}.eve.vnc: has no effect without enabled: true`);
  return texts;
};

const writable =
  'has no effect: a device lets write to a volume or not, whoever mounts it; accessModes [ReadOnlyMany] of the claim makes it read-only';

const mountsOf = ({ volumeMounts = [] }: Container, volumes: readonly VolumeSpec[], path: string): string[] =>
  volumeMounts.flatMap(({ name, readOnly }, at) => {
    const isImage = volumes.find(one => one.name === name)?.image !== undefined;
    return readOnly && !isImage ? [`${path}.volumeMounts[${at}].readOnly: ${writable}`] : [];
  });

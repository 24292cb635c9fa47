/** The type that marks an image of EVE itself. */
export const baseOSType = 'eve-os';

/** Formats of images, as EVE names them. */
export const formats = ['RAW', 'QCOW', 'QCOW2', 'VHD', 'VMDK', 'OVA', 'VHDX', 'CONTAINER', 'ISO', 'PVC'] as const;

export type ImageFormat = (typeof formats)[number];

/** The format of an image: as it says, or as its place and name tell. */
export const formatOf = (
  one: { readonly ref: string; readonly format?: string | undefined },
  classType: string | undefined,
): ImageFormat => {
  const said = formats.find(format => format === one.format);
  if (said) return said;
  if (classType === 'container') return 'CONTAINER';
  const ending = /\.([a-z0-9]+)$/i.exec(one.ref.split('?')[0] ?? '')?.[1]?.toUpperCase();
  return formats.find(format => format === ending) ?? 'RAW';
};

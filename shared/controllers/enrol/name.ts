/** Serial numbers that boards have when nobody gave them one. They name many devices, so none. */
export const isPlaceholder = (serial: string): boolean => {
  const bare = serial.toLowerCase().replace(/[^a-z0-9]/g, '');
  return /^(.)?\1*$/.test(bare) || placeholders.has(bare);
};

const placeholders = new Set([
  'tobefilledbyoem',
  'defaultstring',
  'systemserialnumber',
  'chassisserialnumber',
  'serialnumber',
  'notspecified',
  'notapplicable',
  'notavailable',
  'none',
  'null',
  'na',
  'oem',
  'unknown',
  'invalid',
  'empty',
  'default',
  '0123456789',
  '1234567890',
  '123456789',
  '12345678',
]);

/** A serial number as the name of an object; undefined when nothing of it can be used. */
export const toName = (serial: string): string | undefined => {
  const name = serial
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return name === '' ? undefined : name;
};

/** Names to try in turn for a device: the wanted one, then with a suffix that is its own and always the same. */
export const namesFor = (wanted: string | undefined, certificateHash: string): string[] => {
  const base = wanted ?? 'device';
  const suffixed = [8, 16, 20].map(length => `${base}-${certificateHash.slice(0, length)}`);
  return wanted === undefined ? suffixed : [base, ...suffixed];
};

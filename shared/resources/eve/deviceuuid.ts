/** The UUID that a Device has towards EVE, lower case: the one in its status, else its uid. */
export const uuidOf = (device: { metadata: { uid?: string }; status?: object | undefined }): string => {
  const status = device.status as { uuid?: unknown } | undefined; // looked at right here
  const uuid = status?.uuid;
  return (typeof uuid === 'string' && uuid !== '' ? uuid : (device.metadata.uid ?? '')).toLowerCase();
};

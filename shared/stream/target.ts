/** What a URL of the stream room names. */
export interface Target {
  /** Of the device; lower case. */
  readonly uuid: string;
  /** The kind of telemetry, with the part where it is about one application. */
  readonly kind: 'log' | 'applog' | 'info' | 'metrics' | 'flowlog' | 'hardwarehealth' | 'attestation';
  readonly part?: string;
  /** The last word of the URL: the subresource of the Device to authorise, and the name of events. */
  readonly event: string;
}

/** Undefined for a path that is no stream's. */
export const toTarget = (path: string): Target | undefined => {
  const [, uuid = '', event = '', part, last] = pattern.exec(path) ?? [];
  if (uuid === '') return undefined;
  if (part !== undefined)
    return { uuid: uuid.toLowerCase(), kind: 'applog', part: part.toLowerCase(), event: last ?? '' };
  // The pattern lists the kinds.
  return { uuid: uuid.toLowerCase(), kind: event as Target['kind'], event };
};

const pattern =
  /^\/edgenode\/([0-9A-Za-z-]{1,64})\/(?:(log|info|metrics|flowlog|hardwarehealth|attestation)|apps\/([0-9A-Za-z._-]{1,128})\/(log))$/;

/** What of an Application's spec says what it takes of a Device alone. */
export interface Taking {
  readonly containers?: readonly {
    readonly ports?: readonly { readonly hostPort?: number; readonly protocol?: string }[];
  }[];
  readonly eve?: {
    readonly adapters?: readonly { readonly name: string }[];
    readonly vnc?: { readonly enabled?: boolean; readonly display?: number };
    readonly interfaces?: readonly { readonly acls?: readonly Rule[] }[];
  };
}

interface Rule {
  readonly protocol?: string;
  readonly localPort?: string;
  readonly mapTo?: number;
  readonly adapter?: string;
}

/**
 * What a Device has once and one Application takes, in words: ports that lead to it, I/O that is handed over to it, a screen of a
 * number. Rules that map ports of some adapters only are left to the composer, which knows the adapters.
 */
export const singular = ({ containers = [], eve = {} }: Taking): string[] => [
  ...containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort === undefined ? [] : [`${protocol} port ${hostPort}`])),
  ),
  ...(eve.interfaces ?? []).flatMap(({ acls = [] }) =>
    acls.flatMap(({ mapTo, protocol = '', localPort, adapter }) =>
      mapTo === undefined || adapter !== undefined ? [] : [`${protocol.toUpperCase()} port ${localPort}`],
    ),
  ),
  ...(eve.adapters ?? []).map(({ name }) => `adapter "${name}"`),
  ...(eve.vnc?.enabled && eve.vnc.display !== undefined ? [`VNC display ${eve.vnc.display}`] : []),
];

/** Below which paths tenants are. */
const clusters = '/clusters/';

export interface Place {
  /** What is asked to be the name of a tenant. */
  readonly name: string;
  /** What the path is to that tenant; begins with a slash. */
  readonly path: string;
}

/** Reads `/clusters/<name>/<path>`; undefined for any other path. */
export const toPlace = (path: string): Place | undefined => {
  if (!path.startsWith(clusters)) return undefined;
  const end = path.indexOf('/', clusters.length);
  const name = path.slice(clusters.length, end < 0 ? undefined : end);
  return { name, path: end < 0 ? '/' : path.slice(end) };
};

/** The path at which a tenant is. */
export const clusterPath = (name: string): string => `${clusters}${name}`;

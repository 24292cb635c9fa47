import { backupPath } from './backup.ts';
import type { Fetch } from './fetch.ts';

export interface Apps {
  /** Absent: another one serves devices. */
  readonly device?: Fetch;
  readonly stream: Fetch;
  readonly kube: Fetch;
  /** Absent: its path is nothing. */
  readonly backup?: Fetch;
  /** Absent: its paths are nothing. */
  readonly adam?: Fetch;
}

/** Gives a request to the application that its path belongs to; everything that is nobody else's is the Kubernetes API's. */
export const route =
  (apps: Apps): Fetch =>
  (request, env) => {
    const path = pathOf(request.url);
    if (apps.device && devicePath.test(path)) return apps.device(request, env);
    if (path.startsWith('/edgenode/')) return apps.stream(request, env);
    if (apps.backup && path === backupPath) return apps.backup(request, env);
    if (apps.adam && adamPath.test(path)) return apps.adam(request, env);
    return apps.kube(request, env);
  };

/** Old texts write `edgeDevice`. */
const devicePath = /^\/api\/v[12]\/edge[dD]evice(\/|$)/;

const adamPath = /^\/(admin(\/|$)|probe$)/;

const pathOf = (url: string): string => {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.indexOf('?', start);
  return start < 0 ? '/' : url.slice(start, end < 0 ? undefined : end);
};

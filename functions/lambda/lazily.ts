import type { Log } from '../../shared/base/ports.ts';
import type { Fetch } from '../fetch.ts';

export interface LazyParts<T> {
  /** What serving begins with; the same thing for as long as nothing about it is another. */
  current(request: Request): Promise<T>;
  /** Makes of it what serves. */
  make(opened: T): Promise<Fetch>;
  /** Tells a client what cannot be opened. */
  refuse(request: Request, error: unknown): Response | Promise<Response>;
  readonly log: Log;
}

/**
 * Opens what serves when the first request comes, and anew when it begins with something else. What cannot be opened is told in
 * the words of `refuse`, and tried again with the next request.
 */
export const lazily = <T>({ current, make, refuse, log }: LazyParts<T>): Fetch => {
  let last: { readonly of: T; readonly made: Promise<Fetch> } | undefined;
  const open = async (request: Request): Promise<Fetch> => {
    const of = await current(request);
    if (last?.of !== of) last = { of, made: make(of) };
    const { made } = last;
    try {
      return await made;
    } catch (error) {
      if (last?.made === made) last = undefined;
      throw error;
    }
  };
  return async (request, env) => {
    let fetch: Fetch;
    try {
      fetch = await open(request);
    } catch (error) {
      log.error('this function could not begin to serve', { error });
      return refuse(request, error);
    }
    return fetch(request, env);
  };
};

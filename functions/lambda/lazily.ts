import type { Log } from '../../shared/base/ports.ts';
import type { Fetch } from '../fetch.ts';

/**
 * Opens what serves when the first request comes, and once. What cannot be opened is told in the words of `refuse`, and tried
 * again with the next request.
 */
export const lazily = (
  open: () => Promise<Fetch>,
  refuse: (request: Request, error: unknown) => Response | Promise<Response>,
  log: Log,
): (() => Promise<Fetch>) => {
  let opened: Promise<Fetch> | undefined;
  return async () => {
    opened ??= open();
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      log.error('this function could not begin to serve', { error });
      return request => refuse(request, error);
    }
  };
};

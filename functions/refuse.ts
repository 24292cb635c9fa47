import { Fault, isFault } from '../shared/base/fault.ts';
import { respondFault } from '../shared/kube/handlers/respond.ts';

/** What clients of the Kubernetes API are told when that which serves them cannot be opened. */
export const refuse = (request: Request, error: unknown): Promise<Response> =>
  respondFault(
    request,
    isFault(error)
      ? error
      : new Fault('ServiceUnavailable', 'The controller cannot be opened: the log of this function says why.', {
          retryAfterSeconds: 10,
        }),
  );

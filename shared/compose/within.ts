import { Fault, isFault } from '../base/fault.ts';

/**
 * What `work` finds wrong is told with where it was found before it: the path of a field, as Kubernetes prints it, or the
 * object that a field led to. One in another makes the way visible: `spec.storageClass: StorageClass "x" does not exist`.
 */
export const within = <T>(where: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!isFault(error)) throw error;
    throw new Fault(error.reason, `${where}: ${error.message}`, { ...error.details, cause: error });
  }
};

import type { JsonMap } from '../../base/object.ts';

export interface NodeReport {
  /** Name of the Device that tells. */
  readonly device: string;
  /** Whether it says that the application is on it, in whatever state. */
  readonly isRunning: boolean;
  /** Whether it is about the first container, whose node is the Application's. */
  readonly isFirst: boolean;
  /** When it was so; milliseconds. */
  readonly time: number;
}

/**
 * The status of an Application of a cluster with the node whose word counts; undefined when it is not this one's. All nodes
 * know the application and one has it: who says that it does is believed, unless another one said so of a later time. Until
 * then, and while the application is between two nodes, the last one speaks.
 */
export const followNode = (status: JsonMap, { device, isRunning, isFirst, time }: NodeReport): JsonMap | undefined => {
  const { node, nodeSeen } = status;
  if (!isRunning) return device === (node ?? status['device']) ? status : undefined;
  if (!isFirst) return status;
  const seen = typeof nodeSeen === 'string' ? Date.parse(nodeSeen) : Number.NEGATIVE_INFINITY;
  if (node !== undefined && node !== device && time <= seen) return undefined;
  return { ...status, node: device, nodeSeen: new Date(Math.max(time, node === device ? seen : time)).toISOString() };
};

/** The same without a node: for an Application that is on no cluster. */
export const withoutNode = ({ node: _, nodeSeen: __, ...status }: JsonMap): JsonMap => status;

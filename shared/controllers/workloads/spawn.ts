import { cloneJson } from '../../base/clone.ts';
import { isFault } from '../../base/fault.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { unlessGone } from '../../base/unless.ts';
import { controllerUser } from '../../kube/access/user.ts';
import type { ResourceType } from '../../kube/resource.ts';
import { toOwner } from './gather.ts';
import type { Machine, Template, Workload } from './machine.ts';
import { hashLabel, type Member, toMember } from './member.ts';

export interface Birth {
  /** A name, or what a name begins with. */
  readonly name?: string;
  readonly generateName?: string;
  readonly hash: string;
  readonly template: Template;
  readonly labels?: Readonly<Record<string, string>>;
  /** Turns the template's spec into this Application's. */
  readonly change?: (spec: JsonMap) => JsonMap;
}

/** The Application that a workload makes from a template. */
export const toApplication = (
  { group, version, kind }: ResourceType,
  { type, object }: Pick<Workload, 'type' | 'object'>,
  { template, hash, name = '', generateName, labels, change = spec => spec }: Birth,
): ApiObject => ({
  apiVersion: `${group}/${version}`,
  kind,
  metadata: {
    namespace: object.metadata.namespace ?? '',
    name,
    ...(generateName !== undefined && { generateName }),
    labels: { ...template.metadata?.labels, ...labels, [hashLabel]: hash },
    ...(template.metadata?.annotations && { annotations: { ...template.metadata.annotations } }),
    ownerReferences: [toOwner(type, object)],
  },
  // A template is JSON: it came in as JSON.
  spec: change(cloneJson(template.spec) as JsonMap),
});

/** Makes an Application from a template, and before it what it needs. A refusal is told as an Event of the workload. */
export const spawn = async (
  machine: Machine,
  workload: Workload,
  birth: Birth,
  prepare: () => Promise<void> = async () => {},
): Promise<Member> => {
  const { registry, applications, recorder } = machine;
  const { object } = workload;
  try {
    await prepare();
    return toMember(
      await registry.create(applications, toApplication(applications, workload, birth), { user: controllerUser }),
    );
  } catch (error) {
    if (isFault(error))
      await recorder.record(object, {
        type: 'Warning',
        reason: 'FailedCreate',
        message: `Error creating: ${error.message}`,
      });
    throw error;
  }
};

/** Asks an Application to go, if it is still the one that was looked at. */
export const retire = async (
  { registry, applications }: Machine,
  workload: Workload,
  member: Member,
): Promise<void> => {
  const { namespace = '' } = workload.object.metadata;
  try {
    await unlessGone(
      registry.delete(
        applications,
        { namespace, name: member.name },
        { user: controllerUser, propagationPolicy: 'Background', preconditions: { uid: member.uid } },
      ),
    );
  } catch (error) {
    // Another one of the name is none of ours.
    if (!isFault(error, 'Conflict')) throw error;
  }
};

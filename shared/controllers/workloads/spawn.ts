import { cloneJson } from '../../base/clone.ts';
import { isFault } from '../../base/fault.ts';
import type { JsonMap } from '../../base/object.ts';
import { unlessGone } from '../../base/unless.ts';
import { controllerUser } from '../../kube/access/user.ts';
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

/** Makes an Application from a template. A refusal is told as an Event of the workload before it is thrown. */
export const spawn = async (machine: Machine, workload: Workload, birth: Birth): Promise<Member> => {
  const { registry, applications, recorder } = machine;
  const { type, object } = workload;
  const { namespace = '' } = object.metadata;
  const { template, hash, name = '', generateName, labels, change = spec => spec } = birth;
  try {
    const created = await registry.create(
      applications,
      {
        apiVersion: `${applications.group}/${applications.version}`,
        kind: applications.kind,
        metadata: {
          namespace,
          name,
          ...(generateName !== undefined && { generateName }),
          labels: { ...template.metadata?.labels, ...labels, [hashLabel]: hash },
          ...(template.metadata?.annotations && { annotations: { ...template.metadata.annotations } }),
          ownerReferences: [toOwner(type, object)],
        },
        // A template is JSON: it came in as JSON.
        spec: change(cloneJson(template.spec) as JsonMap),
      },
      { user: controllerUser },
    );
    return toMember(created);
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

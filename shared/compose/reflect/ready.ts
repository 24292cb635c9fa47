import type { Condition } from '../../base/condition.ts';
import type { Json } from '../../base/object.ts';
import { asMap, listItem } from './value.ts';

/** What is known of one container of an Application. */
export interface Part {
  /** Undefined for the only one. */
  readonly name?: string;
  /** By the names of EVE; undefined while the device has not spoken of it. */
  readonly state: string | undefined;
  /** Of the spec, as it was told to the device. */
  readonly version: string | undefined;
  readonly error: string | undefined;
}

/** What `status.instances` tells of each container, in the order of the spec. */
export const partsOf = (instances: Json | undefined, containers: readonly string[]): Part[] =>
  containers.map(name => {
    const known = asMap(listItem(instances, name));
    const textIn = (field: string) => {
      const value = known[field];
      return typeof value === 'string' ? value : undefined;
    };
    return { name, state: textIn('state'), version: textIn('version'), error: textIn('error') };
  });

/** The state of an Application: that of its first container that is not RUNNING. */
export const stateOf = (parts: readonly Part[]): string | undefined =>
  (parts.find(({ state }) => state !== undefined && state !== running) ?? parts.find(({ state }) => state))?.state;

/** "Running as wanted": every container RUNNING, without errors, and in the version that is wanted. */
export const readyCondition = (parts: readonly Part[], generation: number | undefined): Condition => {
  const broken = parts.find(({ error }) => error !== undefined);
  if (broken) return notReady('AppError', `${broken.name === undefined ? '' : `${broken.name}: `}${broken.error}`);
  const late = parts.find(({ state }) => state !== running);
  if (late)
    return late.state === undefined
      ? notReady('NotStarted', `the device has not spoken of ${nameOf(late)} yet`)
      : notReady(reasonOf(late.state), `${nameOf(late)} is ${late.state}`);
  const wanted = String(generation);
  const old = parts.find(({ version }) => version !== undefined && generation !== undefined && version !== wanted);
  if (!old) return { type: 'Ready', status: 'True', reason: 'Running', message: 'the application runs as wanted' };
  const who = old.name === undefined ? '' : `${nameOf(old)}: `;
  return notReady('Outdated', `${who}version ${old.version} runs, ${generation} is wanted`);
};

const running = 'RUNNING';

const notReady = (reason: string, message: string): Condition => ({ type: 'Ready', status: 'False', reason, message });

const nameOf = ({ name }: Part): string => (name === undefined ? 'the application' : `container "${name}"`);

/** `CREATING_VOLUME` → `CreatingVolume`. */
const reasonOf = (state: string): string =>
  /^\d/.test(state)
    ? `State${state}`
    : state.toLowerCase().replace(/(^|_)([a-z])/g, (_, _separator: string, letter: string) => letter.toUpperCase());

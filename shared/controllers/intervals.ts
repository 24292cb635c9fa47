import type { ApiObject } from '../base/object.ts';
import type { ResourceType } from '../kube/resource.ts';
import { type Following, following } from './controller.ts';

/** How often devices check in: the EVE option `timer.config.interval`, of a Device, of its namespace, or of all. */
export interface Intervals {
  /** `own` is what the Device's annotation says. */
  secondsOf(namespace: string, own: string | undefined): number;
  /** Keeps the options of namespaces known. */
  following(configMaps: ResourceType): Following;
}

const option = 'timer.config.interval';
const optionsName = 'eve-global-options';
const globalNamespace = 'kube-system';
/** EVE's own default, and what EVE takes at least. */
const defaultSeconds = 60;
const minSeconds = 5;

export const createIntervals = (): Intervals => {
  const known = new Map<string, number>();
  return {
    secondsOf: (namespace, own) =>
      toSeconds(own) ?? known.get(namespace) ?? known.get(globalNamespace) ?? defaultSeconds,
    following: configMaps =>
      following(configMaps, toInterval, ({ key, now }) => {
        const slash = key.indexOf('/');
        if (key.slice(slash + 1) !== optionsName) return;
        const seconds = toSeconds(now?.kept);
        if (seconds === undefined) known.delete(key.slice(0, slash));
        else known.set(key.slice(0, slash), seconds);
      }),
  };
};

const toInterval = ({ metadata, data }: ApiObject): string => {
  if (metadata.name !== optionsName || typeof data !== 'object' || data === null) return '';
  const value = Object.entries(data).find(([name]) => name === option)?.[1];
  return typeof value === 'string' ? value : '';
};

const toSeconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Math.max(Number(text), minSeconds) : undefined;

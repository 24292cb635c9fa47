import { dataOf, deviceOptions, optionPrefix, optionProblem } from '../resources/eve/options.ts';
import type { Draft } from './draft.ts';
import type { Named } from './problem.ts';

/**
 * Options that a device takes as switched off when they are not said: they are always said, with the values that EVE's own
 * documentation gives as defaults.
 */
const always: Readonly<Record<string, string>> = {
  'debug.enable.console': 'true',
  'debug.enable.usb': 'true',
  'debug.enable.vga': 'true',
};

/** EVE config items: device beats namespace beats global. Values that the device would refuse are left out and reported. */
export const addOptions = (draft: Draft): void => {
  const { device, globalOptions, namespaceOptions } = draft.from;
  const merged = new Map(Object.entries(always));
  const add = (options: Record<string, string>, about: Named, name: (key: string) => string) => {
    for (const [key, value] of Object.entries(options)) {
      const problem = optionProblem(key, value);
      if (problem === undefined) merged.set(key, value);
      else draft.problems.push({ about, reason: 'InvalidOption', message: `${name(key)}: ${problem}`, lacks: [] });
    }
  };
  const fallback = device.spec?.baseOS?.fallback;
  if (fallback) merged.set('force.fallback.counter', String(fallback.counter));
  for (const one of [globalOptions, namespaceOptions]) if (one) add(dataOf(one), one, key => `data[${key}]`);
  add(deviceOptions(device), device, key => `metadata.annotations[${optionPrefix}${key}]`);
  const keys = [...merged.keys()].sort();
  draft.config.configItems.push(...keys.map(key => ({ key, value: merged.get(key) })));
};

import { getOwn } from '../base/own.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** The counters of a configuration that are not zero, in decimal, by their path. */
export type Counters = Readonly<Record<string, string>>;

/** Counters only go up: a device compares them for difference, and a former value would trigger what nobody wants. */
export const checkCounters = (now: EdgeDevConfig, before: Counters, complain: Complain): void => {
  if (Object.keys(before).length === 0) return;
  for (const [path, value] of allIn(now)) {
    const old = getOwn(before, path);
    if (old !== undefined && value < BigInt(old)) complain(path, `goes down from ${old} to ${value}`);
  }
};

export const countersOf = (config: EdgeDevConfig): Counters =>
  Object.fromEntries([...allIn(config)].filter(([, value]) => value !== 0).map(([path, value]) => [path, `${value}`]));

type Counter = [path: string, value: number | bigint];

function* allIn(config: EdgeDevConfig): Generator<Counter> {
  yield ['reboot.counter', config.reboot?.counter ?? 0];
  yield ['shutdown.counter', config.shutdown?.counter ?? 0];
  yield ['backup.counter', config.backup?.counter ?? 0];
  if (config.baseos) yield ['baseos.retry_update.counter', config.baseos.retry_update?.counter ?? 0];
  for (const app of config.apps ?? []) {
    const path = `apps[uuid=${app.uuidandversion?.uuid}]`;
    yield [`${path}.restart.counter`, app.restart?.counter ?? 0];
    yield [`${path}.purge.counter`, app.purge?.counter ?? 0];
    yield [`${path}.snapshot.rollback_cmd.counter`, app.snapshot?.rollback_cmd?.counter ?? 0];
  }
  for (const one of config.volumes ?? []) yield [`volumes[uuid=${one.uuid}].generationCount`, one.generationCount ?? 0];
}

import type { EdgeDevConfig } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

/** Counters only go up: a device compares them for difference, and a former value would trigger what nobody wants. */
export const checkCounters = (now: EdgeDevConfig, before: EdgeDevConfig, complain: Complain): void => {
  const former = new Map(countersOf(before));
  for (const [path, value] of countersOf(now)) {
    const old = former.get(path);
    if (old !== undefined && value < old) complain(path, `goes down from ${old} to ${value}`);
  }
};

const countersOf = (config: EdgeDevConfig): [string, number | bigint][] => {
  const out: [string, number | bigint][] = [
    ['reboot.counter', config.reboot?.counter ?? 0],
    ['shutdown.counter', config.shutdown?.counter ?? 0],
    ['backup.counter', config.backup?.counter ?? 0],
  ];
  if (config.baseos) out.push(['baseos.retry_update.counter', config.baseos.retry_update?.counter ?? 0]);
  for (const app of config.apps ?? []) {
    const path = `apps[uuid=${app.uuidandversion?.uuid}]`;
    out.push(
      [`${path}.restart.counter`, app.restart?.counter ?? 0],
      [`${path}.purge.counter`, app.purge?.counter ?? 0],
    );
    out.push([`${path}.snapshot.rollback_cmd.counter`, app.snapshot?.rollback_cmd?.counter ?? 0]);
  }
  for (const one of config.volumes ?? [])
    out.push([`volumes[uuid=${one.uuid}].generationCount`, one.generationCount ?? 0]);
  return out;
};

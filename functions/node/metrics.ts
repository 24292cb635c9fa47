import { createMetrics, type Metrics } from '../../shared/base/metrics.ts';

/** Numbers of this process: what it takes of the machine, beside what is counted in it. */
export const openMetrics = (): Metrics => {
  const metrics = createMetrics();
  const none = [] as const;
  const startedAt = Date.now() / 1000 - process.uptime();
  const one = (value: number) => [{ labels: {}, value }];
  metrics.total(
    { name: 'process_cpu_seconds_total', help: 'Time of processors, user and system.', labels: none },
    () => {
      const { user, system } = process.cpuUsage();
      return one((user + system) / 1e6);
    },
  );
  metrics.gauge({ name: 'process_start_time_seconds', help: 'When it began, since 1970.', labels: none }, () =>
    one(startedAt),
  );
  metrics.gauge({ name: 'process_resident_memory_bytes', help: 'Memory that it holds.', labels: none }, () =>
    one(process.memoryUsage.rss()),
  );
  metrics.gauge({ name: 'nodejs_heap_size_used_bytes', help: 'Of it, living JavaScript.', labels: none }, () =>
    one(process.memoryUsage().heapUsed),
  );
  return metrics;
};

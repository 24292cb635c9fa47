import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../shared/base/metrics.ts';

describe('metrics', () => {
  it('are printed in the text format', () => {
    const metrics = createMetrics();
    const count = metrics.counter({ name: 'asked_total', help: 'Questions.', labels: ['who', 'code'] });
    count.add({ who: 'a', code: '200' });
    count.add({ who: 'a', code: '200' }, 2);
    count.add({ who: 'say "hi"\\\n', code: '404' });
    const took = metrics.histogram({ name: 'took_seconds', help: 'Time.', labels: ['who'] }, [0.1, 1]);
    for (const value of [0.1, 0.5, 3]) took.observe({ who: 'a' }, value);
    metrics.gauge({ name: 'open', help: 'Now open.', labels: [] }, () => [{ labels: {}, value: 7 }]);
    metrics.total({ name: 'lost_total', help: 'Gone.', labels: ['why'] }, () => [{ labels: { why: 'x' }, value: 1 }]);
    expect(metrics.print()).toBe(
      [
        '# HELP asked_total Questions.',
        '# TYPE asked_total counter',
        'asked_total{who="a",code="200"} 3',
        'asked_total{who="say \\"hi\\"\\\\\\n",code="404"} 1',
        '# HELP took_seconds Time.',
        '# TYPE took_seconds histogram',
        'took_seconds_bucket{who="a",le="0.1"} 1',
        'took_seconds_bucket{who="a",le="1"} 2',
        'took_seconds_bucket{who="a",le="+Inf"} 3',
        'took_seconds_sum{who="a"} 3.6',
        'took_seconds_count{who="a"} 3',
        '# HELP open Now open.',
        '# TYPE open gauge',
        'open 7',
        '# HELP lost_total Gone.',
        '# TYPE lost_total counter',
        'lost_total{why="x"} 1',
        '',
      ].join('\n'),
    );
  });

  it('say nothing of what never happened', () => {
    const metrics = createMetrics();
    metrics.counter({ name: 'asked_total', help: 'Questions.', labels: ['who'] });
    expect(metrics.print()).toBe('');
  });
});

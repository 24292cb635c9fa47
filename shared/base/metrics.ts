/** Numbers about a running process, as Prometheus reads them. Names, labels and units are theirs: seconds, bytes, totals. */
export interface Metrics {
  /** What only grows. */
  counter<L extends string>(family: Family<L>): Counter<L>;
  /** How often something took how long, or was how large. `buckets` are upper bounds, ascending. */
  histogram<L extends string>(family: Family<L>, buckets: readonly number[]): Histogram<L>;
  /** What goes up and down, read when somebody asks. */
  gauge<L extends string>(family: Family<L>, read: () => Iterable<Sample<L>>): void;
  /** What only grows and is counted elsewhere, read when somebody asks. */
  total<L extends string>(family: Family<L>, read: () => Iterable<Sample<L>>): void;
  /** Everything in the text format 0.0.4. */
  print(): string;
}

export interface Family<L extends string> {
  readonly name: string;
  readonly help: string;
  /** Never of what callers may choose freely: each combination of values is kept for good. */
  readonly labels: readonly L[];
}

export type Labels<L extends string> = Readonly<Record<L, string>>;

export interface Sample<L extends string> {
  readonly labels: Labels<L>;
  readonly value: number;
}

export interface Counter<L extends string> {
  add(labels: Labels<L>, by?: number): void;
}

export interface Histogram<L extends string> {
  observe(labels: Labels<L>, value: number): void;
}

/** The media type of `print`. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export const createMetrics = (): Metrics => {
  const printers: (() => string)[] = [];
  const add = <L extends string>({ name, help, labels }: Family<L>, type: string, lines: () => Iterable<string>) =>
    printers.push(() => {
      const body = [...lines()].join('');
      return body === '' && labels.length > 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${body}`;
    });
  const addRead = <L extends string>(family: Family<L>, type: string, read: () => Iterable<Sample<L>>) =>
    add(family, type, function* () {
      for (const { labels, value } of read()) yield line(family.name, toLabels(family.labels, labels), value);
    });
  return {
    counter(family) {
      const series = new Map<string, { readonly labels: string; value: number }>();
      add(family, 'counter', function* () {
        for (const { labels, value } of series.values()) yield line(family.name, labels, value);
      });
      return {
        add(labels, by = 1) {
          const key = toKey(family.labels, labels);
          const one = series.get(key);
          if (one) one.value += by;
          else series.set(key, { labels: toLabels(family.labels, labels), value: by });
        },
      };
    },
    histogram(family, buckets) {
      const series = new Map<string, { readonly labels: string; readonly counts: number[]; sum: number }>();
      add(family, 'histogram', function* () {
        for (const { labels, counts, sum } of series.values())
          yield* printHistogram(family.name, labels, buckets, counts, sum);
      });
      const begin = (labels: Labels<(typeof family.labels)[number]>) => ({
        labels: toLabels(family.labels, labels),
        counts: Array.from({ length: buckets.length + 1 }, () => 0),
        sum: 0,
      });
      return {
        observe(labels, value) {
          const key = toKey(family.labels, labels);
          const one = series.get(key) ?? begin(labels);
          series.set(key, one);
          const at = buckets.findIndex(bound => value <= bound);
          const bucket = at < 0 ? buckets.length : at;
          one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
          one.sum += value;
        },
      };
    },
    gauge: (family, read) => void addRead(family, 'gauge', read),
    total: (family, read) => void addRead(family, 'counter', read),
    print: () => printers.map(print => print()).join(''),
  };
};

function* printHistogram(
  name: string,
  labels: string,
  buckets: readonly number[],
  counts: readonly number[],
  sum: number,
): Iterable<string> {
  let count = 0;
  for (const [at, each] of counts.entries()) {
    count += each;
    const bound = `le="${printNumber(buckets[at] ?? Number.POSITIVE_INFINITY)}"`;
    yield line(`${name}_bucket`, labels === '' ? bound : `${labels},${bound}`, count);
  }
  yield line(`${name}_sum`, labels, sum);
  yield line(`${name}_count`, labels, count);
}

const line = (name: string, labels: string, value: number): string =>
  `${name}${labels === '' ? '' : `{${labels}}`} ${printNumber(value)}\n`;

const printNumber = (value: number): string =>
  value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);

/** Tells combinations of values apart: made with every count, it costs less than the text that is printed. */
const toKey = <L extends string>(names: readonly L[], labels: Labels<L>): string => {
  let key = '';
  for (const name of names) key += `${labels[name]}\0`;
  return key;
};

const toLabels = <L extends string>(names: readonly L[], labels: Labels<L>): string =>
  names.map(name => `${name}="${escapeValue(labels[name])}"`).join(',');

const escapeValue = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

/** Writes docs/cost.md from what was measured, list prices and a model. Run `npx tsx infra/cost.ts` after a change of one. */
import { writeFileSync } from 'node:fs';
import { isMain } from '../functions/node/ismain.ts';
import { load } from './cost/load.ts';
import { type Front, measured, type Use } from './cost/measured.ts';
import { type Bill, billOf, type Shape, totalOf } from './cost/model.ts';
import { iotCoreDevice, prices } from './cost/prices.ts';

/** Dollars a device and month. */
const aim = 0.04;
const fleets = [1, 1_000, 100_000];
const shapes: readonly Shape[] = ['containers', 'functions'];

/** The text of docs/cost.md. */
export const generate = (): string => `# What kubeve costs in AWS

<!-- Written by infra/cost.ts: change that, or what it reads in infra/cost/, and run \`npx tsx infra/cost.ts\`. -->

In short, for a device that asks for its configuration and sends metrics each minute and a file of logs each five minutes, per
month and without free tiers:

${table(
  ['', ...fleets.map(count => `${number(count)} ${count === 1 ? 'device' : 'devices'}`)],
  shapes.map(shape => [shape, ...fleets.map(count => summary(shape, count))]),
)}

AWS IoT Core takes about $${iotCoreDevice.toFixed(2)} a device for the same messages, before anything is done with them. Our aim,
$${aim.toFixed(2)} a device in containers, **is ${perDevice('containers', 100_000) <= aim ? 'reached' : 'not reached'}** by this arithmetic: ${dollars(perDevice('containers', 100_000))} with 100,000 devices. Functions fit
up to about ${breakEven()} devices, and anything that is not asked for all the time; beyond that a process that stays is cheaper,
because it puts what many devices send as one object, and remembers what it read.

## Where it goes

Dollars a device and month:

${shapes.map(shape => `**${shape}**\n\n${bills(shape)}`).join('\n\n')}

What lowers it further: polls at longer intervals, an option of the device, \`timer.config.interval\`, of which every part but
*fixed* is a multiple; the same for metrics, \`timer.metric.interval\`.

## How reads are saved

A process that stays keeps what devices' requests read, and asks the table only for the end of each log, which many requests
share: at most ${1 / load.paceSeconds} times a second for each of ${load.askedTypes} types. What the log says changed is put in its place. So every answer
is as if the table had been asked, while a request that comes with many others waits up to ${load.paceSeconds * 1000} ms for each thing that it reads.
While nothing is asked, a process listens to one item, which every write moves, and looks at each log by itself every 15 seconds.
The quickstart's device takes 5.3 KB, compressed, in each process, beside what holds it; what does not fit into 512 MB for a type is
read again.

Each process reads every change of a Device or a configuration, for one or two read units, or less when many come at a time. The tables
above are without changes.

## What was measured

With the quickstart's device and its application, on an emulator that counts units as DynamoDB does, by
\`test/infra/cost/measured.test.ts\`, which fails when it finds other numbers:

${table(
  ['', 'read units', 'ends of logs', 'write units', 'S3 puts', 'S3 gets'],
  [
    ...frontRows('in a process that stays', measured.front),
    ...frontRows('in a function', measured.alone),
    useRow('metrics alone in their five seconds, what follows', measured.metricsBehind),
    useRow('a sweep of functions, nothing due', measured.sweep),
    useRow('a process that idles, a second', measured.idle),
  ],
)}

The end of a log is a read unit, once for all who ask for it together. A request takes ${measured.front.processorMs} ms of a processor in a busy
process that stays, ${measured.alone.processorMs} ms in one that remembers nothing; metrics are taken up in ${load.uptakeMs} ms ([performance.md](performance.md)), or in ${measured.uptakeMs} ms by a function (two cores of an AMD EPYC under other load, Node 20; the same run).

## What was assumed

* Load: ${number(load.polls)} polls, ${number(load.metrics)} metrics and ${number(load.logs)} files of logs a month; ${number(load.bytesOut)} bytes out of AWS for each.
* Containers: Fargate on arm64, one process on a quarter of a processor while that is enough, else at least two on a processor
  and 3 GB each, half used, behind a network load balancer that sends each connection to any of them. A connection for each request,
  which takes ${load.tlsMs} ms of a processor ([performance.md](performance.md)). What comes to a process in one second is one segment. Heartbeats
  that it hears in ${load.gatherSeconds} seconds go together, ${load.batchBytes} bytes each.
* Metrics take ${number(load.rowBytes)} bytes, compressed, and up to ${number(load.maxRowBytes)} bytes of them lie in a row of the table until their hour is
  merged into an object; each further KB is another write unit. Files of logs are objects.
* What follows from metrics is done by one process: with 100,000 devices it has ${((((load.metrics * 100_000) / load.secondsPerMonth) * load.uptakeMs) / 1000).toFixed(2)} of a processor to do. That was not tried.
* Who leads renews its Lease each ${load.leaseSeconds} seconds.
* Functions: ${load.functions.poll * 1000} ms for a poll, ${load.functions.metrics * 1000} ms for metrics, ${load.functions.logs * 1000} ms for logs, which are put into S3, ${load.functions.deviceGigabytes * 1024} MB; a sweep of ${load.functions.sweep} s
  each minute with ${load.functions.sweepGigabytes} GB, which also takes up metrics. These durations are not measured on Lambda. No API Gateway: a device
  domain adds $${((load.polls + load.metrics + load.logs) / 1e6).toFixed(2)} a device.
* Nobody reads what devices sent. Of an hour that was merged, one device's own is read; of the one that goes on, a function reads the rows of
  all, 64 at a time: of metrics of 100 devices up to ${number(rowsAnHour(100))} rows, for ${number(Math.round((rowsAnHour(100) * load.rowBytes) / 4096))} read units. The last few are read from the end.
* Prices of us-east-1, November 2026: $${price(prices.readUnits)} a million read units, $${price(prices.writeUnits)} a million write units, $${price(prices.put)} a million puts,
  $${price(prices.invocation)} a million invocations, $${(prices.gigabyteSecond * 1e5).toFixed(2)} for 100,000 GB-seconds, $${prices.dataOut} a GB out.

None of this was checked against a bill.
`;

const summary = (shape: Shape, devices: number): string => {
  const total = totalOf(billOf(shape, devices));
  const one = devices === 1 ? '' : `, ${dollars(total / devices)} each`;
  return `$${number(Math.round(total))}${one}`;
};

const perDevice = (shape: Shape, devices: number): number => totalOf(billOf(shape, devices)) / devices;

/** From how many devices on containers are cheaper, roughly. */
const breakEven = (): number => {
  let devices = 1;
  while (totalOf(billOf('functions', devices)) < totalOf(billOf('containers', devices))) devices += 1;
  return devices;
};

const bills = (shape: Shape): string => {
  const all = fleets.map(count => [count, billOf(shape, count)] as const);
  const names = Object.keys(all[0]?.[1] ?? {}) as (keyof Bill)[]; // of the first bill, as of every other
  const rows = names.map(name => [name, ...all.map(([count, bill]) => dollars(bill[name] / count))]);
  const total = ['**all**', ...all.map(([count, bill]) => `**${dollars(totalOf(bill) / count)}**`)];
  return table(['', ...fleets.map(number)], [...rows, total]);
};

const frontRows = (where: string, { poll, metrics, log }: Front): string[][] => [
  useRow(`config poll, nothing new, ${where}`, poll),
  useRow(`metrics, until answered, ${where}`, metrics),
  useRow(`logs, until answered, ${where}`, log),
];

const useRow = (name: string, use: Use & { readonly heads?: number }): string[] => [
  name,
  ...[use.readUnits, use.heads ?? '', use.writeUnits, use.puts, use.gets].map(value => `${value}`),
];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');

/** Of metrics, by functions, which put one for each post. */
const rowsAnHour = (devices: number): number => Math.round((devices * load.metrics * 3600) / load.secondsPerMonth);

const dollars = (value: number): string =>
  `$${value < 10 ? value.toFixed(value < 1 ? 4 : 2) : number(Math.round(value))}`;
const number = (value: number): string => value.toLocaleString('en-US');
const price = (value: number): string => `${Math.round(value * 1e9) / 1e3}`;

if (isMain(import.meta.url)) {
  writeFileSync(new URL('../docs/cost.md', import.meta.url), generate());
}

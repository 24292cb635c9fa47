/** Writes docs/cost.md from what was measured, list prices and a model. Run `npx tsx infra/cost.ts` after a change of one. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from './cost/load.ts';
import { measured, type Use } from './cost/measured.ts';
import { type Bill, billOf, type Shape, totalOf } from './cost/model.ts';
import { iotCoreDevice, prices } from './cost/prices.ts';

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
$0.04 a device in containers, **is not reached**: ${dollars(perDevice('containers', 100_000))} with 100,000 devices. Functions fit
up to about ${breakEven()} devices, and anything that is not asked for all the time; beyond that a process that stays is cheaper,
because it puts what many devices send as one object.

## Where it goes

Dollars a device and month:

${shapes.map(shape => `**${shape}**\n\n${bills(shape)}`).join('\n\n')}

What would lower it, in the order of what it saves with 100,000 devices in containers: reading what was read before from memory
as long as the log says that it is the same (most of *reads*: the ${measured.front.poll.readUnits} units of a poll are the
device's index entry, its object twice, and its configuration); fewer processes (*computing*, *objects*), which
follows from that, since most of a request is spent on asking DynamoDB; and polls at longer intervals: an option of the
device, \`timer.config.interval\`, of which every part but *fixed* is a multiple.

## What was measured

With the quickstart's device and its application, on an emulator that counts units as DynamoDB does, by
\`test/infra/cost/measured.test.ts\`, which fails when it finds other numbers:

${table(
  ['', 'read units', 'write units', 'S3 puts', 'S3 gets'],
  [
    useRow('config poll, nothing new', measured.front.poll),
    useRow('metrics, until answered', measured.front.metrics),
    useRow('logs, until answered', measured.front.log),
    useRow('metrics alone in their second, what follows', measured.metricsBehind),
    useRow('a process that idles, a second', measured.idle),
  ],
)}

A request takes ${measured.processorMs} ms of a processor (two busy cores of an AMD EPYC, Node 20; TLS aside, which took 1.3 ms for a new
connection with a resumed session: [performance.md](performance.md)).

## What was assumed

* Load: ${number(load.polls)} polls, ${number(load.metrics)} metrics and ${number(load.logs)} files of logs a month; ${number(load.bytesOut)} bytes out of AWS for each.
* Containers: Fargate on arm64, one process on a quarter of a processor while that is enough, else at least two on a processor
  and 2 GB each, half used, behind a network load balancer. What comes to a process in one second is one object; a heartbeat is
  written each ${load.heartbeatSeconds} seconds.
* Functions: ${load.functions.poll * 1000} ms for a poll, ${load.functions.report * 1000} ms for a report that is put by itself, ${load.functions.deviceGigabytes * 1024} MB; ${load.functions.compose * 1000} ms and
  ${load.functions.composeGigabytes} GB for what follows from metrics; a sweep of ${load.functions.sweep} s each minute. These durations are not measured on Lambda. No API Gateway: a device
  domain adds $${((load.polls + load.metrics + load.logs) / 1e6).toFixed(2)} a device.
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

const useRow = (name: string, use: Use): string[] => [
  name,
  ...[use.readUnits, use.writeUnits, use.puts, use.gets].map(value => `${value}`),
];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');

const dollars = (value: number): string =>
  `$${value < 10 ? value.toFixed(value < 1 ? 4 : 2) : number(Math.round(value))}`;
const number = (value: number): string => value.toLocaleString('en-US');
const price = (value: number): string => `${Math.round(value * 1e9) / 1e3}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../docs/cost.md', import.meta.url), generate());
}

import { describe, expect, it } from 'vitest';
import { parseGoTime, printGoTime } from '../../../shared/kube/schema/gotime.ts';

/** What Go's `time.Parse` answers, for whole seconds and for six digits. */
const seconds = '2006-01-02T15:04:05Z07:00';
const micros = '2006-01-02T15:04:05.000000Z07:00';
const cannot = (text: string, layout: string, rest: string, part: string): string =>
  `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part}"`;
const both = (text: string, rest: string, part: string): [string, string, string] => [
  text,
  cannot(text, seconds, rest, part),
  cannot(text, micros, rest, part),
];
const range = (text: string, what: string): string => `parsing time ${JSON.stringify(text)}: ${what} out of range`;

describe('times of Go', () => {
  it.each<[string, string, string]>([
    both('', '', '2006'),
    both('x', 'x', '2006'),
    both('2026', '', '-'),
    both('02026-02-03T00:00:00Z', '6-02-03T00:00:00Z', '-'),
    both('2026-1-01T00:00:00Z', '1-01T00:00:00Z', '01'),
    both('2026-02-03 00:00:00Z', ' 00:00:00Z', 'T'),
    both('2026-02-03t00:00:00z', 't00:00:00z', 'T'),
    ...['13', '00'].map((month): [string, string, string] => {
      const text = `2026-${month}-01T00:00:00Z`;
      return [text, range(text, 'month'), range(text, 'month')];
    }),
    ...[
      ['24:00:00', 'hour'],
      ['00:60:00', 'minute'],
      ['00:00:60', 'second'],
    ].map(([time, what = '']): [string, string, string] => {
      const text = `2026-02-03T${time}Z`;
      return [text, range(text, what), range(text, what)];
    }),
    [
      '2026-02-30T00:00:00Z',
      range('2026-02-30T00:00:00Z', 'day'),
      cannot('2026-02-30T00:00:00Z', micros, 'Z', '.000000'),
    ],
    [
      '2026-02-30T00:00:00.000000Z',
      range('2026-02-30T00:00:00.000000Z', 'day'),
      range('2026-02-30T00:00:00.000000Z', 'day'),
    ],
    [
      '2026-02-03T00:00:00',
      cannot('2026-02-03T00:00:00', seconds, '', 'Z07:00'),
      cannot('2026-02-03T00:00:00', micros, '', '.000000'),
    ],
    [
      '2026-02-03T00:00:00+25:00',
      range('2026-02-03T00:00:00+25:00', 'time zone offset hour'),
      cannot('2026-02-03T00:00:00+25:00', micros, '+25:00', '.000000'),
    ],
    [
      '2026-02-03T00:00:00Zx',
      'parsing time "2026-02-03T00:00:00Zx": extra text: "x"',
      cannot('2026-02-03T00:00:00Zx', micros, 'Zx', '.000000'),
    ],
    ['2026-02-03T00:00:00.5Z', '2026-02-03T00:00:00Z', cannot('2026-02-03T00:00:00.5Z', micros, '.5Z', '.000000')],
    [
      '2026-02-03T00:00:00.123456789+01:00',
      '2026-02-02T23:00:00Z',
      cannot('2026-02-03T00:00:00.123456789+01:00', micros, '789+01:00', 'Z07:00'),
    ],
    ['2026-02-03T00:00:00.123456-01:30', '2026-02-03T01:30:00Z', '2026-02-03T01:30:00.123456Z'],
    ['2026-02-03T00:00:00,123456Z', '2026-02-03T00:00:00Z', '2026-02-03T00:00:00.123456Z'],
    ['2026-02-03T0:00:00.000000Z', '2026-02-03T00:00:00Z', '2026-02-03T00:00:00.000000Z'],
    ['2026-02-03T00:00:00.000001+01:60', '2026-02-02T22:00:00Z', '2026-02-02T22:00:00.000001Z'],
    ['2024-02-29T23:59:59.999999Z', '2024-02-29T23:59:59Z', '2024-02-29T23:59:59.999999Z'],
    ['0001-01-01T00:00:00.000000Z', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'],
  ])('%s', (text, inSeconds, inMicros) => {
    for (const [isMicro, answer] of [
      [false, inSeconds],
      [true, inMicros],
    ] as const) {
      const time = parseGoTime(text, isMicro);
      expect(typeof time === 'string' ? time : printGoTime(time, isMicro)).toBe(answer);
    }
  });
});

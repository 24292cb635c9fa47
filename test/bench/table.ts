/** One line of the result: what was measured, what is asked of it, what came out. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** `–` where nothing is asked. */
  readonly target: string;
  readonly isMet: boolean;
}

/** The target of what is measured to be known. */
export const none = '–';

export const toMarkdown = (rows: readonly Row[]): string => {
  const cells = [
    ['what', 'measured', 'target', ''],
    ['---', '---', '---', '---'],
    ...rows.map(row => [
      row.what,
      row.measured,
      row.target,
      row.target === none ? '' : row.isMet ? 'met' : '**missed**',
    ]),
  ];
  return cells.map(line => `| ${line.join(' | ')} |`).join('\n');
};

/** A rate beside the reference rate V: `6,612/s = 0.45 V`. */
export const ofV = (rate: number, v: number): string =>
  `${Math.round(rate).toLocaleString('en')}/s = ${(rate / v).toFixed(2)} V`;

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

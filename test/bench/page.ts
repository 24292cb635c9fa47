import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Row, toMarkdown } from './table.ts';

const path = new URL('../../docs/performance.md', import.meta.url);

const intro = `# Performance

Measured by \`npm run bench\`: the server in one process, the client in another, both on the same machine.
`;

/** Keeps what was measured under a heading of docs/performance.md; what stands under others stays as it is. */
export const keep = (heading: string, rows: readonly Row[], notes: string): void => {
  const [cpu] = cpus();
  const section = `## ${heading}

On ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), Node ${process.version}.

${toMarkdown(rows)}

${notes}`;
  const [, ...sections] = readFileSync(path, 'utf8').split(/^(?=## )/m);
  const others = sections.filter(one => !one.startsWith(`## ${heading}\n`));
  writeFileSync(path, [intro, ...[...others, section].sort().map(one => one.trimEnd())].join('\n').concat('\n'));
};

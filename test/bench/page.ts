import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type Row, toMarkdown } from './table.ts';

const path = new URL('../../docs/performance.md', import.meta.url);

const intro = `# Performance

Measured by \`npm run bench\`: the server in one process, the client in another, both on the same machine.
`;

/** Puts what was measured in place of what stands under a heading of docs/performance.md; other headings keep theirs. */
export const keep = (heading: string, rows: readonly Row[], notes: string): void => {
  const [cpu] = cpus();
  const section = `## ${heading}

On ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), Node ${process.version}.

${toMarkdown(rows)}

${notes}`;
  const [, ...sections] = readFileSync(path, 'utf8').split(/^(?=## )/m);
  const others = sections.filter(one => !one.startsWith(`## ${heading}\n`));
  const parts = [intro, ...[...others, section].sort()].map(part => part.trimEnd());
  writeFileSync(path, `${parts.join('\n\n')}\n`);
};

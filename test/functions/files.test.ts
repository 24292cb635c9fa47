import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const files = new URL('../../functions/node/files.ts', import.meta.url).href;

it('leaves nothing behind of a file that the disk has no room for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubeve-files-'));
  try {
    const target = join(folder, 'root.key.pem');
    const program = `(await import(${JSON.stringify(files)})).writeFile(${JSON.stringify(target)}, 'x'.repeat(5000));`;
    // No file may grow beyond one block: the first write of it is cut, as on a disk that is full.
    const limited = `trap '' XFSZ; ulimit -f 1; exec "$0" --import tsx --input-type=module --eval "$1"`;
    const { status, stderr } = spawnSync('sh', ['-c', limited, process.execPath, program], { encoding: 'utf8' });
    expect(stderr).toContain('EFBIG');
    expect(status).not.toBe(0);
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

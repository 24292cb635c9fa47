import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTokenKeys } from '../../functions/identity/tokenkeys.ts';
import { openFolder } from '../../functions/node/folder.ts';

it('keeps the key of tokens, and the former one beside a new one', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeve-keys-'));
  try {
    const first = openTokenKeys(openFolder(join(dir, 'pki')));
    expect(first.signing.algorithm).toBe('RS256');
    expect(openTokenKeys(openFolder(join(dir, 'pki'))).signing.id).toBe(first.signing.id);
    const path = join(dir, 'pki', 'service-account.key.pem');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    renameSync(path, join(dir, 'pki', 'service-account-2026.pem'));
    const second = openTokenKeys(openFolder(join(dir, 'pki')));
    expect(second.signing.id).not.toBe(first.signing.id);
    expect(second.all.map(key => key.id)).toEqual([second.signing.id, first.signing.id]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

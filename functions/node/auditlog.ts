import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { printJson } from '../../shared/base/json.ts';
import type { Log } from '../../shared/base/ports.ts';
import type { AuditEvent } from '../../shared/kube/audit/event.ts';

export interface AuditLog {
  write(event: AuditEvent): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** More than this does not wait for a disk that cannot keep up. */
const maxWaitingBytes = 64 * 1024 * 1024;

/** A file that records are appended to, one JSON object a line, readable by its owner alone; `-`: standard output. */
export const openAuditLog = (path: string, log: Log): AuditLog => {
  const isStandard = path === '-';
  const out: Writable = isStandard ? process.stdout : createWriteStream(path, { flags: 'a', mode: 0o600 });
  let lost = 0;
  if (!isStandard)
    out.on('error', error => log.error('the audit log cannot be written', { path, error: error.message }));
  return {
    write(event) {
      if (out.writableLength > maxWaitingBytes || !out.writable) {
        if (lost++ % 1000 === 0) log.error('records are lost: the audit log cannot keep up', { path, lost });
        return;
      }
      out.write(`${printJson(event)}\n`);
    },
    close: () => (isStandard ? Promise.resolve() : new Promise(resolve => out.end(() => resolve()))),
  };
};

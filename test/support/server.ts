import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemPorts } from '../../functions/node/ports.ts';
import { type Running, type StartOptions, start } from '../../functions/node/serve.ts';

export interface TestServer extends Running {
  /** Its data, removed by `close`. */
  readonly data: string;
}

/** A whole controller in this process, on a free port and a folder of its own. */
export const startServer = async (options: Partial<StartOptions> = {}): Promise<TestServer> => {
  const data = mkdtempSync(join(tmpdir(), 'kubeve-test-'));
  const running = await start({ data, port: 0, log: systemPorts('error').log, ...options }).catch((error: unknown) => {
    rmSync(data, { recursive: true, force: true });
    throw error;
  });
  return {
    ...running,
    data,
    close: async () => {
      await running.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
};

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bucketName } from './server.ts';

/** A real S3 server on a folder of its own. `program` is what `findClient('versitygw')` found. */
export const openVersitygw = async (program: string, region = 'us-east-1') => {
  const dir = await mkdtemp(join(tmpdir(), 'kubeve-s3-'));
  await mkdir(join(dir, 'data', bucketName), { recursive: true });
  const port = await freePort();
  const credentials = { accessKeyId: 'kubevetest', secretAccessKey: 'a secret of this test' };
  const child = spawn(
    program,
    ['--port', `127.0.0.1:${port}`, '--region', region, '--quiet', 'posix', join(dir, 'data')],
    {
      env: { ROOT_ACCESS_KEY_ID: credentials.accessKeyId, ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let complaints = '';
  child.stderr.on('data', data => {
    complaints += data;
  });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i++) {
    const isUp = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    if (child.exitCode !== null || i > 1000) throw new Error(`versitygw did not start: ${complaints}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return {
    endpoint,
    credentials,
    close: async () => {
      child.kill();
      await new Promise(resolve => child.once('exit', resolve));
      await rm(dir, { recursive: true });
    },
  };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });

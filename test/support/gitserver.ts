import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';

/** The repositories in a folder, served over HTTP by git itself. */
export const openGitServer = async (root: string): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const server = createServer((incoming, outgoing) => {
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://localhost');
    const child = spawn(backend, {
      env: {
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        REQUEST_METHOD: incoming.method,
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: incoming.headers['content-type'],
        CONTENT_LENGTH: incoming.headers['content-length'],
        HTTP_CONTENT_ENCODING: incoming.headers['content-encoding'],
        GIT_PROTOCOL: String(incoming.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    incoming.pipe(child.stdin);
    const parts: Buffer[] = [];
    child.stdout.on('data', part => parts.push(part));
    child.on('close', () => {
      const answer = Buffer.concat(parts);
      const end = answer.indexOf('\r\n\r\n');
      const headers = answer
        .toString('latin1', 0, end)
        .split('\r\n')
        .map(line => line.split(/: */, 2));
      for (const [name = '', value = ''] of headers) {
        if (name === 'Status') outgoing.statusCode = Number.parseInt(value, 10);
        else outgoing.setHeader(name, value);
      }
      outgoing.end(answer.subarray(end + 4));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the git server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

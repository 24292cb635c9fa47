import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFault } from '../../shared/base/fault.ts';
import { gzipHeader, readNewlogs, writeNewlogs } from '../../shared/eve/newlogs.ts';

/** Puts a name and a comment into the head of a gzip file, as EVE does. */
const withHeader = (text: string, { name, comment }: { name?: string; comment?: string }): Buffer => {
  const plain = gzipSync(text);
  const head = Buffer.from(plain.subarray(0, 10));
  head[3] = (name === undefined ? 0 : 8) | (comment === undefined ? 0 : 16);
  head.writeUInt32LE(1_700_000_000, 4);
  const texts = [name, comment].filter(part => part !== undefined).map(part => Buffer.from(`${part}\0`, 'latin1'));
  return Buffer.concat([head, ...texts, plain.subarray(10)]);
};

test('device logs', async () => {
  const lines = [
    '{"severity":"info","source":"zedagent","iid":"2310","content":"{\\"level\\":\\"info\\"}","msgid":184,"tags":{"k":"v"},"timestamp":{"seconds":1700000000,"nanos":12345},"filename":"/a.go:12","function":"f"}',
    '{"severity":"err","content":"no time","msgid":"9"}',
    '{"content":"proto-JSON","timestamp":"2023-11-14T22:13:20.5Z"}',
    'not JSON at all',
    '',
  ];
  const file = withHeader(lines.join('\n'), { comment: '{"devID":"d","image":"IMGA","eveVersion":"13.4.0"}' });
  expect(gzipHeader(file).mtime).toBe(1_700_000_000);
  expect(await readNewlogs(file)).toEqual({
    image: 'IMGA',
    eveVersion: '13.4.0',
    entries: [
      {
        severity: 'info',
        source: 'zedagent',
        iid: '2310',
        content: '{"level":"info"}',
        msgid: 184,
        tags: { k: 'v' },
        timestamp: '2023-11-14T22:13:20.000012345Z',
        filename: '/a.go:12',
        function: 'f',
      },
      { severity: 'err', content: 'no time', msgid: 9 },
      { content: 'proto-JSON', timestamp: '2023-11-14T22:13:20.500Z' },
      { content: 'not JSON at all' },
    ],
  });
});

test('application logs carry the name of the application', async () => {
  const { app, image } = await readNewlogs(withHeader('{"content":"x"}', { name: 'caf\\u00e9' }));
  expect([app, image]).toEqual(['café', undefined]);
});

test('what is written is read again', async () => {
  const entries = [
    { severity: 'info', content: 'x', msgid: 3, tags: { k: 'v' }, timestamp: '2023-11-14T22:13:20.500Z' },
  ];
  const device = { image: 'IMGA', eveVersion: '13', entries };
  const app = { app: 'caf\u00e9 \u2713 \u0001', entries };
  expect(await readNewlogs(await writeNewlogs(device, 1_700_000_000_000))).toEqual(device);
  expect(await readNewlogs(await writeNewlogs(app))).toEqual(app);
  expect(gzipHeader(await writeNewlogs(device, 1_700_000_000_000)).mtime).toBe(1_700_000_000);
});

test('bombs and rubbish', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  await expect(readNewlogs(bomb, 1_000_000)).rejects.toMatchObject({ reason: 'RequestEntityTooLarge' });
  await expect(readNewlogs(gzipSync('x').subarray(0, 20))).rejects.toMatchObject({ reason: 'Invalid' });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async tail => {
      const bytes = Buffer.concat([Buffer.from('1f8b08', 'hex'), tail]);
      const error = await readNewlogs(bytes).then(
        () => undefined,
        e => e,
      );
      if (error !== undefined) expect(isFault(error)).toBe(true);
    }),
  );
});

import type { AppInstanceConfig } from '../../shared/eve/generated/config.ts';
import { LogBook, type LogLine } from './logs.ts';
import type { Answer } from './transport.ts';

/** The logs of a device and of its apps, until they are sent. */
export class Journal {
  private readonly device = new LogBook();
  private readonly apps = new Map<string, { name: string; book: LogBook }>();

  add(line: LogLine): void {
    this.device.add(line);
  }

  addApp(app: AppInstanceConfig, content: string): void {
    const uuid = app.uuidandversion?.uuid ?? '';
    const entry = this.apps.get(uuid) ?? { name: app.displayname ?? '', book: new LogBook() };
    this.apps.set(uuid, entry);
    entry.book.add({ severity: 'info', source: uuid, iid: '1', content });
  }

  /** Sends one file for the device and one for each app that said something. Returns what was refused for good. */
  async send(
    about: { devID: string; image: string; eveVersion: string },
    post: (path: string, file: Uint8Array) => Promise<Answer>,
  ): Promise<string[]> {
    const files: [string, Uint8Array | undefined][] = [
      ['newlogs', this.device.take({ comment: JSON.stringify(about) })],
    ];
    for (const [uuid, { name, book }] of this.apps)
      files.push([`apps/instanceid/${uuid}/newlogs`, book.take({ name })]);
    const refused: string[] = [];
    for (const [path, file] of files) {
      if (!file) continue;
      const { status } = await post(path, file);
      if (status >= 400 && status < 500 && status !== 429) refused.push(`${path} was refused with ${status}`);
    }
    return refused;
  }
}

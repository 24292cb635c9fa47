import type { AppInstanceConfig } from '../../shared/eve/generated/config.ts';
import { LogBook, type LogLine } from './logs.ts';
import type { Answer } from './transport.ts';

/** The logs of a device and of its apps, until they are sent. */
export class Journal {
  private readonly device = new LogBook();
  private readonly apps = new Map<string, { name: string; book: LogBook }>();
  /** Files by where they go, in the order of their making. */
  private unsent: (readonly [path: string, file: Uint8Array])[] = [];

  add(line: LogLine): void {
    this.device.add(line);
  }

  addApp(app: AppInstanceConfig, content: string): void {
    const uuid = app.uuidandversion?.uuid ?? '';
    const entry = this.apps.get(uuid) ?? { name: app.displayname ?? '', book: new LogBook() };
    this.apps.set(uuid, entry);
    entry.book.add({ severity: 'info', source: uuid, iid: '1', content });
  }

  /**
   * Sends one file for the device and one for each app that said something, after those that the controller could not take
   * before, of which the oldest go when there are too many. Returns what was refused for good.
   */
  async send(
    about: { devID: string; image: string; eveVersion: string },
    post: (path: string, file: Uint8Array) => Promise<Answer>,
  ): Promise<string[]> {
    this.keep('newlogs', this.device.take({ comment: JSON.stringify(about) }));
    for (const [uuid, { name, book }] of this.apps) this.keep(`apps/instanceid/${uuid}/newlogs`, book.take({ name }));
    const refused: string[] = [];
    for (let next = this.unsent[0]; next; next = this.unsent[0]) {
      const [path, file] = next;
      const { status } = await post(path, file);
      if (status >= 500 || status === 429) break;
      if (status >= 400) refused.push(`${path} was refused with ${status}`);
      this.unsent = this.unsent.filter(one => one !== next);
    }
    return refused;
  }

  private keep(path: string, file: Uint8Array | undefined): void {
    if (file) this.unsent = [...this.unsent, [path, file] as const].slice(-maxUnsent);
  }
}

const maxUnsent = 200;

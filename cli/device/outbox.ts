import type { ZInfoMsg } from '../../shared/eve/generated/info.ts';
import type { Answer } from './transport.ts';
import type { Report } from './world.ts';

/** Info messages that wait to be sent, one per object: a newer one replaces the older (eve-device-api §1.6). */
export class Outbox {
  private readonly waiting = new Map<string, ZInfoMsg>();

  add(reports: readonly Report[]): void {
    for (const { key, content } of reports) {
      this.waiting.delete(key);
      this.waiting.set(key, content);
    }
  }

  get size(): number {
    return this.waiting.size;
  }

  /**
   * Sends what waits, in order, until one fails. A failure that may pass leaves the message in the queue; any other 4xx
   * drops it for good, and `refused` hears of it.
   */
  async flush(
    send: (message: ZInfoMsg) => Promise<Answer>,
    refused: (key: string, status: number) => void,
  ): Promise<void> {
    for (const [key, message] of [...this.waiting]) {
      const { status } = await send(message);
      if (status !== 200 && status !== 201 && status !== 204) {
        if (status >= 500 || mayPass.has(status)) return;
        refused(key, status);
      }
      if (this.waiting.get(key) === message) this.waiting.delete(key);
    }
  }
}

const mayPass: ReadonlySet<number> = new Set([401, 403, 407, 408, 429]);

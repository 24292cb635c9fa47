import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Setting, toEnv } from './clients.ts';
import { until } from './until.ts';

const run = promisify(execFile);

/** Whether a terminal can be had: tmux is on the PATH. */
export const hasTmux = (): boolean => {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('left out: the tests of programs of the terminal: there is no tmux\n');
    return false;
  }
};

/** A program in a terminal of 160 × 45, as a person sees it and types to it. */
export interface Screen {
  /** Types keys, by the names that tmux gives them: `d`, `Escape`, `C-d`. */
  press(...keys: string[]): Promise<void>;
  /** Resolves to what is seen once all of it is seen; rejects with what is seen when that takes longer than 20 s. */
  see(...what: (string | RegExp)[]): Promise<string>;
  close(): Promise<void>;
}

export const openScreen = async (command: readonly string[], setting: Setting): Promise<Screen> => {
  const socket = join(setting.home, 'tmux.socket');
  const tmux = async (...args: string[]) => (await run('tmux', ['-S', socket, '-f', '/dev/null', ...args])).stdout;
  const env = Object.entries({ ...toEnv(setting), TERM: 'xterm-256color', LANG: 'C.UTF-8' });
  const words = ['env', '-i', ...env.map(([name, value]) => `${name}=${value}`), ...command];
  await tmux('-u', 'new-session', '-d', '-x', '160', '-y', '45', ...words);
  return {
    press: async (...keys) => {
      for (const key of keys) await tmux('send-keys', key);
    },
    see: (...what) =>
      until(async () => {
        const text = await tmux('capture-pane', '-p');
        const missing = what.filter(one => (typeof one === 'string' ? !text.includes(one) : !one.test(text)));
        if (missing.length > 0) throw new Error(`not seen: ${missing.join(', ')}\n${text}`);
        return text;
      }),
    close: async () => {
      await tmux('kill-server').catch(() => undefined);
    },
  };
};

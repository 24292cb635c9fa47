/**
 * Ends a program that cannot do what it was told: says why on standard error, and of flags that it does not know where
 * `help` lists those that it does. The exit code is 2 when the command line was wrong, else 1.
 */
export const fail = (program: string, help: string, error: unknown): void => {
  const isMistake = isCommandLine(error);
  const hint = isMistake ? `; ${help} lists what there is` : '';
  process.stderr.write(`${program}: ${isMistake ? firstSentence(error.message) : toText(error)}${hint}\n`);
  process.exitCode = isMistake ? 2 : 1;
};

/** What `parseArgs` throws. */
const isCommandLine = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

/** The next ones tell how a file could be named like a flag. */
const firstSentence = (text: string): string => text.replace(/\. .*$/s, '');

const toText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A named check: throws, or rejects, when what it looks at is not well. */
export interface Check {
  readonly name: string;
  run(): void | Promise<void>;
  /** What is well and yet to be known, for those who ask for the checks one by one. */
  note?(): string | undefined;
}

/** Checks by endpoint; `ping` is always there. */
export interface Checks {
  readonly healthz?: readonly Check[];
  readonly livez?: readonly Check[];
  readonly readyz?: readonly Check[];
}

export interface Health {
  readonly status: 200 | 404 | 500;
  readonly body: string;
}

/**
 * Runs the checks of one endpoint. Why one failed is withheld: it goes to the log through `onFailure`. `?verbose` lists
 * them, `?exclude=NAME` leaves one out, `only` runs a single one (`/readyz/NAME`).
 */
export const checkHealth = async (
  endpoint: keyof Checks,
  checks: readonly Check[],
  query: URLSearchParams,
  only?: string,
  onFailure: (check: string, error: unknown) => void = () => {},
): Promise<Health> => {
  const all = [ping, ...checks];
  const chosen = only === undefined ? all : all.filter(({ name }) => name === only);
  if (chosen.length === 0) return { status: 404, body: '404 page not found\n' };
  const excluded = new Set(query.getAll('exclude'));
  const lines = await Promise.all(chosen.map(check => runOne(check, excluded, onFailure)));
  for (const name of excluded) {
    if (!chosen.some(check => check.name === name))
      lines.push({
        ok: true,
        text: `warn: some health checks cannot be excluded: no matches for ${JSON.stringify(name)}`,
      });
  }
  const failed = lines.some(({ ok }) => !ok);
  const text = lines.map(line => `${line.text}\n`).join('');
  if (failed) return { status: 500, body: `${text}${endpoint} check failed\n` };
  if (only !== undefined) return { status: 200, body: 'ok' };
  return { status: 200, body: query.has('verbose') ? `${text}${endpoint} check passed\n` : 'ok' };
};

const ping: Check = { name: 'ping', run: () => {} };

const runOne = async (
  check: Check,
  excluded: ReadonlySet<string>,
  onFailure: (check: string, error: unknown) => void,
): Promise<{ ok: boolean; text: string }> => {
  const { name } = check;
  if (excluded.has(name)) return { ok: true, text: `[+]${name} excluded: ok` };
  try {
    await check.run();
    const note = check.note?.();
    return { ok: true, text: `[+]${name} ok${note === undefined ? '' : `: ${note}`}` };
  } catch (error) {
    onFailure(name, error);
    return { ok: false, text: `[-]${name} failed: reason withheld` };
  }
};

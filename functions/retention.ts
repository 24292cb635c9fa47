const day = 86_400_000;

/** How long what devices sent is kept, in milliseconds, by kind. */
export const retentionMs: Readonly<Record<string, number>> = {
  info: 30 * day,
  metrics: 7 * day,
  log: 7 * day,
  applog: 7 * day,
  flowlog: 7 * day,
  hardwarehealth: 90 * day,
  attestation: 90 * day,
  requests: 7 * day,
};

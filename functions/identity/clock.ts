import { X509Certificate } from 'node:crypto';
import type { Ports } from '../../shared/base/ports.ts';
import type { Serving } from './identity.ts';

/**
 * Warns of a clock that stands before the certificates of this installation hold, as after the start of a machine that keeps no
 * time: every credential is refused then, and nothing else would say why.
 */
export const tellOfClock = ({ root }: Pick<Serving, 'root'>, { clock, log }: Pick<Ports, 'clock' | 'log'>): void => {
  const from = Date.parse(new X509Certificate(root.certificatePem).validFrom);
  const now = clock.now();
  if (now >= from) return;
  log.warn('the clock stands before the certificates of this installation hold: nobody is let in until it is set', {
    clock: new Date(now).toISOString(),
    certificatesFrom: new Date(from).toISOString(),
  });
};

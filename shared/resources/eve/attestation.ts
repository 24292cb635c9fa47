import * as z from 'zod';
import { count, flag, part, text, texts, time } from './reported.ts';

/** What is known of a device's attestation: what it says, and what this controller made of its quotes. */
export const attestation = () =>
  part({
    state: text().describe('Where the device says that it is with it: NONCE_WAIT, …, COMPLETE.'),
    error: text(),
    verdict: z.enum(['Accepted', 'Refused']).optional().describe('What came of the last quote.'),
    verifiedAt: time().describe('When it first came out so.'),
    reason: text(),
    policy: text().describe('The AttestationPolicy that decided.'),
    tpm: flag().describe('Whether a TPM signed the quote.'),
    eveVersion: text(),
    firmwareVersion: text(),
    replaced: part({
      count: count().describe('How often.'),
      lastAt: time(),
      types: texts().describe('Which were replaced last: ATTESTATION, ENDORSEMENT, EXCHANGE.'),
    }).describe('Certificates that the device told others for.'),
    registers: z.record(z.string(), z.string()).optional().describe('PCRs that were quoted: SHA-256 values in hex.'),
  }).describe('Attestation; with its event log it is in /edgenode/UUID/attestation.');

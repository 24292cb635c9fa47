/** The controller did something that EVE would not accept. The message says what EVE would do. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}

/** The controller signed with a certificate that this device does not hold: `/certs` has to be read again. */
export class CertificateMiss extends Complaint {}

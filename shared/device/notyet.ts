import { Fault } from '../base/fault.ts';

/** What a device asks for is not there yet, and will be in a moment: it is told to come back (503). */
export class NotYet extends Fault {
  constructor(message: string) {
    super('ServiceUnavailable', message);
  }
}

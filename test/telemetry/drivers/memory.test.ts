import { createMemoryTelemetry } from '../../../shared/telemetry/drivers/memory.ts';
import { describeTelemetry } from '../../conformance/telemetry.ts';

describeTelemetry('memory', () => ({
  isDurable: false,
  open: async () => createMemoryTelemetry(),
  remove: async () => {},
}));

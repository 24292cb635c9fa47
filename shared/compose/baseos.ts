import { Fault } from '../base/fault.ts';
import { baseOSType } from '../resources/eve/imageformat.ts';
import { addContent } from './content.ts';
import { attempt, type Draft } from './draft.ts';
import { architectureOf } from './machine.ts';
import { within } from './within.ts';

/** The version of EVE that the device shall run. It stays in the configuration after the update: it says what should run. */
export const addBaseOS = (draft: Draft): void => {
  const { device, baseOS } = draft.from;
  const version = device.spec?.['eve-os-version'];
  if (!version) return;
  attempt(draft, device, [], () => {
    const architecture = architectureOf(draft);
    const image = baseOS.find(({ spec }) => !spec?.architecture || !architecture || spec.architecture === architecture);
    if (!image) {
      if (device.status?.['eve-os-version'] === version) return;
      const of = architecture ? ` for ${architecture}` : '';
      throw new Fault(
        'NotFound',
        `spec.eve-os-version: there is no Image of type ${baseOSType} with version "${version}"${of}`,
      );
    }
    requireFitting(draft, version);
    draft.config.baseos = {
      content_tree_uuid: within('spec.eve-os-version', () => addContent(draft, image)).id,
      retry_update: { counter: device.spec?.baseOS?.retry?.counter ?? 0 },
      activate: device.spec?.baseOS?.activate ?? true,
      base_os_version: version,
    };
  });
};

/** `16.0.0-lts-kvm-amd64` ends with hypervisor and architecture. */
const flavourForm = /-([a-z]+)-(amd64|arm64|riscv64)$/;

/** An image that the device cannot run, or that finds its storage laid out for another hypervisor. */
const requireFitting = (draft: Draft, version: string): void => {
  const { spec, status } = draft.from.device;
  const [, hypervisor, machine] = flavourForm.exec(version) ?? [];
  const architecture = architectureOf(draft);
  if (machine !== undefined && architecture !== undefined && machine !== architecture)
    throw new Fault('Invalid', `spec.eve-os-version: "${version}" is for ${machine}, the device is ${architecture}`);
  const [, running] = flavourForm.exec(status?.['eve-os-version'] ?? '') ?? [];
  if (hypervisor === undefined || running === undefined || hypervisor === running || spec?.baseOS?.force) return;
  throw new Fault(
    'Conflict',
    `spec.eve-os-version: "${version}" is made for ${hypervisor}, the device runs ${running} and may lose what it stores; spec.baseOS.force lets it`,
  );
};

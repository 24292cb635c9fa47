import { Fault } from '../base/fault.ts';
import { baseOSType } from '../resources/eve/imageformat.ts';
import { addContent } from './content.ts';
import { attempt, type Draft } from './draft.ts';
import { architectureOf } from './machine.ts';

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
      throw new Fault('NotFound', `there is no Image of type ${baseOSType} with version "${version}"${of}`);
    }
    draft.config.baseos = {
      content_tree_uuid: addContent(draft, image).id,
      retry_update: { counter: device.spec?.baseOS?.retry?.counter ?? 0 },
      activate: device.spec?.baseOS?.activate ?? true,
      base_os_version: version,
    };
  });
};

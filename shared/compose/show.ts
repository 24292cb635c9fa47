import type { JsonMap } from '../base/object.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { toJson } from '../eve/json.ts';

const hidden = '(hidden)';

/**
 * A configuration for people: as JSON, with everything secret that stands in the clear hidden, or made something else of.
 * User data are hidden of the apps of which `isSecretive` says so.
 */
export const show = (
  config: EdgeDevConfig,
  hideText = (_: string): string => hidden,
  isSecretive = (_uuid: string): boolean => false,
): JsonMap => {
  const hide = (text: string | undefined): string | undefined => (text ? hideText(text) : text);
  return toJson('config.EdgeDevConfig', {
    ...config,
    profile_server_token: hide(config.profile_server_token),
    edgeview: config.edgeview && { ...config.edgeview, token: hide(config.edgeview.token) },
    apps: config.apps?.map(app => ({
      ...app,
      userData: isSecretive(app.uuidandversion?.uuid ?? '') ? hide(app.userData) : app.userData,
      fixedresources: app.fixedresources && { ...app.fixedresources, vncPasswd: hide(app.fixedresources.vncPasswd) },
    })),
    datastores: config.datastores?.map(one => ({ ...one, apiKey: hide(one.apiKey), password: hide(one.password) })),
    networks: config.networks?.map(one => ({
      ...one,
      wireless: one.wireless && {
        ...one.wireless,
        wifiCfg: one.wireless.wifiCfg?.map(wifi => ({ ...wifi, password: hide(wifi.password) })),
      },
    })),
  });
};

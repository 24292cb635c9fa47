import type { DeviceSpec } from '../resources/eve/devicespec.ts';
import type { Draft } from './draft.ts';
import { toPems } from './pem.ts';
import { readSecret } from './secrets.ts';

const authentications = { ControllerCertificate: 1, SSHKeys: 2 };

/** Remote diagnostics (EVE reference §6.11). The token is the user's own, or made here. */
export const addEdgeView = (draft: Draft, { edgeView }: DeviceSpec): void => {
  if (!edgeView) return;
  draft.config.edgeview = {
    token: edgeView.tokenSecret
      ? readSecret(draft, edgeView.tokenSecret, 'spec.edgeView.tokenSecret').trim()
      : makeToken(draft, edgeView),
    disp_cert_pem: toPems(edgeView.dispatcherCertificates),
    dev_policy: { allow_dev: edgeView.allowDevice },
    app_policy: { allow_app: edgeView.allowApplications },
    ext_policy: { allow_ext: edgeView.allowExternal },
    generation_id: edgeView.generation,
  };
};

const makeToken = (draft: Draft, edgeView: NonNullable<DeviceSpec['edgeView']>): string =>
  draft.edgeViewToken({
    dispatcher: edgeView.dispatcher ?? '',
    deviceUuid: draft.from.uuid,
    expires: Math.floor(Date.parse(edgeView.expires ?? '') / 1000),
    instances: edgeView.instances ?? 1,
    encrypt: edgeView.encrypt ?? false,
    authentication: edgeView.authentication ? authentications[edgeView.authentication] : 0,
    generation: edgeView.generation ?? 0,
  });

// Written by infra/proto.ts from proto/. Do not edit.
import type { Table } from '../../base/table.ts';
import type * as attest from './attest.ts';
import type * as auth from './auth.ts';
import type * as certs from './certs.ts';
import type * as common from './common.ts';
import type * as config from './config.ts';
import type * as flowlog from './flowlog.ts';
import type * as hardwarehealth from './hardwarehealth.ts';
import type * as info from './info.ts';
import type * as logs from './logs.ts';
import type * as metrics from './metrics.ts';
import type * as nestedappinstancemetrics from './nestedappinstancemetrics.ts';
import type * as profile from './profile.ts';
import type * as protobuf from './protobuf.ts';
import type * as proxy from './proxy.ts';
import type * as register from './register.ts';
import type * as uuid from './uuid.ts';

export interface EveMessages {
  'attest.ZAttestReq': attest.ZAttestReq;
  'attest.ZAttestResponse': attest.ZAttestResponse;
  'attest.ZAttestNonceResp': attest.ZAttestNonceResp;
  'attest.TpmEventDigest': attest.TpmEventDigest;
  'attest.TpmEventLogEntry': attest.TpmEventLogEntry;
  'attest.AttestGPSCoordinates': attest.AttestGPSCoordinates;
  'attest.AttestVersionInfo': attest.AttestVersionInfo;
  'attest.TpmPCRValue': attest.TpmPCRValue;
  'attest.ZAttestQuote': attest.ZAttestQuote;
  'attest.AttestVolumeKey': attest.AttestVolumeKey;
  'attest.ZAttestQuoteResp': attest.ZAttestQuoteResp;
  'attest.AttestStorageKeys': attest.AttestStorageKeys;
  'attest.AttestStorageKeysResp': attest.AttestStorageKeysResp;
  'attest.AttestPolicyPcrList': attest.AttestPolicyPcrList;
  'attest.AttestVolumeKeyData': attest.AttestVolumeKeyData;
  'auth.AuthBody': auth.AuthBody;
  'auth.AuthContainer': auth.AuthContainer;
  'certs.ZControllerCert': certs.ZControllerCert;
  'certs.ZCertMetaData': certs.ZCertMetaData;
  'certs.ZCert': certs.ZCert;
  'certs.ZCertAttr': certs.ZCertAttr;
  'config.InstanceOpsCmd': config.InstanceOpsCmd;
  'config.SnapshotDesc': config.SnapshotDesc;
  'config.SnapshotConfig': config.SnapshotConfig;
  'config.AppInstanceConfig': config.AppInstanceConfig;
  'config.PatchEnvelopeRef': config.PatchEnvelopeRef;
  'config.VolumeRef': config.VolumeRef;
  'config.OSKeyTags': config.OSKeyTags;
  'config.OSVerDetails': config.OSVerDetails;
  'config.BaseOSConfig': config.BaseOSConfig;
  'config.BaseOS': config.BaseOS;
  'config.CompoundEdgeDevConfigRequest': config.CompoundEdgeDevConfigRequest;
  'config.CompoundEdgeDevConfig': config.CompoundEdgeDevConfig;
  'config.UUIDandVersion': config.UUIDandVersion;
  'config.DeviceOpsCmd': config.DeviceOpsCmd;
  'config.ConfigItem': config.ConfigItem;
  'config.Adapter': config.Adapter;
  'config.EthVF': config.EthVF;
  'config.LOCConfig': config.LOCConfig;
  'config.EdgeDevConfig': config.EdgeDevConfig;
  'config.ConfigRequest': config.ConfigRequest;
  'config.ConfigResponse': config.ConfigResponse;
  'config.BootstrapConfig': config.BootstrapConfig;
  'config.SystemAdapter': config.SystemAdapter;
  'config.PhyIOUsagePolicy': config.PhyIOUsagePolicy;
  'config.PhysicalIO': config.PhysicalIO;
  'config.VfList': config.VfList;
  'config.VlanAdapter': config.VlanAdapter;
  'config.BondAdapter': config.BondAdapter;
  'config.MIIMonitor': config.MIIMonitor;
  'config.ArpMonitor': config.ArpMonitor;
  'config.LoadBalancerInterface': config.LoadBalancerInterface;
  'config.LoadBalancerService': config.LoadBalancerService;
  'config.EdgeNodeCluster': config.EdgeNodeCluster;
  'config.EdgeViewConfig': config.EdgeViewConfig;
  'config.DevDebugAccessPolicy': config.DevDebugAccessPolicy;
  'config.AppDebugAccessPolicy': config.AppDebugAccessPolicy;
  'config.ExternalEndPointPolicy': config.ExternalEndPointPolicy;
  'config.ACEMatch': config.ACEMatch;
  'config.ACEAction': config.ACEAction;
  'config.ACE': config.ACE;
  'config.NetworkConfig': config.NetworkConfig;
  'config.NetworkAdapter': config.NetworkAdapter;
  'config.WirelessConfig': config.WirelessConfig;
  'config.CellularConfig': config.CellularConfig;
  'config.CellularConnectivityProbe': config.CellularConnectivityProbe;
  'config.CellularAccessPoint': config.CellularAccessPoint;
  'config.WifiConfig': config.WifiConfig;
  'config.WifiConfig.cryptoblock': config.WifiConfig_cryptoblock;
  'config.PNAC': config.PNAC;
  'config.NetworkInstanceOpaqueConfig': config.NetworkInstanceOpaqueConfig;
  'config.ZcServicePoint': config.ZcServicePoint;
  'config.NetworkInstanceLispConfig': config.NetworkInstanceLispConfig;
  'config.IPRoute': config.IPRoute;
  'config.PortProbe': config.PortProbe;
  'config.SpanningTreeProtocol': config.SpanningTreeProtocol;
  'config.NetworkInstanceConfig': config.NetworkInstanceConfig;
  'config.VlanAccessPort': config.VlanAccessPort;
  'config.InlineOpaqueBase64Data': config.InlineOpaqueBase64Data;
  'config.EncryptedInlineOpaqueBase64Data': config.EncryptedInlineOpaqueBase64Data;
  'config.ExternalOpaqueBinaryBlob': config.ExternalOpaqueBinaryBlob;
  'config.EncryptedExternalOpaqueBinaryBlob': config.EncryptedExternalOpaqueBinaryBlob;
  'config.EveBinaryArtifact': config.EveBinaryArtifact;
  'config.EvePatchEnvelope': config.EvePatchEnvelope;
  'config.SCEPProfile': config.SCEPProfile;
  'config.CSRProfile': config.CSRProfile;
  'config.SignatureInfo': config.SignatureInfo;
  'config.DatastoreConfig': config.DatastoreConfig;
  'config.Image': config.Image;
  'config.Drive': config.Drive;
  'config.ContentTree': config.ContentTree;
  'config.VolumeContentOrigin': config.VolumeContentOrigin;
  'config.Volume': config.Volume;
  'config.DiskConfig': config.DiskConfig;
  'config.DisksConfig': config.DisksConfig;
  'config.VmConfig': config.VmConfig;
  'common.CipherContext': common.CipherContext;
  'common.CipherBlock': common.CipherBlock;
  'common.EncryptionBlock': common.EncryptionBlock;
  'common.DiskDescription': common.DiskDescription;
  'common.ipRange': common.ipRange;
  'common.ProxyServer': common.ProxyServer;
  'common.ProxyConfig': common.ProxyConfig;
  'common.ZnetStaticDNSEntry': common.ZnetStaticDNSEntry;
  'common.ipspec': common.ipspec;
  'common.DhcpOptionsIgnore': common.DhcpOptionsIgnore;
  'common.ProbeEndpoint': common.ProbeEndpoint;
  'common.ConnectivityProbe': common.ConnectivityProbe;
  'common.PortConfigSource': common.PortConfigSource;
  'uuid.UuidRequest': uuid.UuidRequest;
  'uuid.UuidResponse': uuid.UuidResponse;
  'flowlog.IpFlow': flowlog.IpFlow;
  'flowlog.ScopeInfo': flowlog.ScopeInfo;
  'flowlog.FlowRecord': flowlog.FlowRecord;
  'flowlog.DnsRequest': flowlog.DnsRequest;
  'flowlog.FlowMessage': flowlog.FlowMessage;
  'hardwarehealth.ZHardwareHealth': hardwarehealth.ZHardwareHealth;
  'hardwarehealth.DimmRankInfo': hardwarehealth.DimmRankInfo;
  'hardwarehealth.ECCMemoryControllerInfo': hardwarehealth.ECCMemoryControllerInfo;
  'hardwarehealth.ECCMemoryReport': hardwarehealth.ECCMemoryReport;
  'info.BondStatus': info.BondStatus;
  'info.BondMemberStatus': info.BondMemberStatus;
  'info.BondMIIMonitorStatus': info.BondMIIMonitorStatus;
  'info.BondArpMonitorStatus': info.BondArpMonitorStatus;
  'info.BondLACPStatus': info.BondLACPStatus;
  'info.BondMemberLACPStatus': info.BondMemberLACPStatus;
  'info.CertInfo': info.CertInfo;
  'info.CertDistinguishedName': info.CertDistinguishedName;
  'info.ErrorInfo': info.ErrorInfo;
  'info.DeviceEntity': info.DeviceEntity;
  'info.KubeNodeCondition': info.KubeNodeCondition;
  'info.KubeNodeInfo': info.KubeNodeInfo;
  'info.KubePodNameSpaceInfo': info.KubePodNameSpaceInfo;
  'info.KubeEVEAppPodInfo': info.KubeEVEAppPodInfo;
  'info.KubeVolumeReplicaInfo': info.KubeVolumeReplicaInfo;
  'info.KubeVolumeInfo': info.KubeVolumeInfo;
  'info.KubeStorageInfo': info.KubeStorageInfo;
  'info.KubeVMIInfo': info.KubeVMIInfo;
  'info.USBAddress': info.USBAddress;
  'info.BusParent': info.BusParent;
  'info.USBDevice': info.USBDevice;
  'info.PCIAddress': info.PCIAddress;
  'info.PCIDevice': info.PCIDevice;
  'info.SerialPort': info.SerialPort;
  'info.CANDevice': info.CANDevice;
  'info.NetworkDevice': info.NetworkDevice;
  'info.BIOS': info.BIOS;
  'info.CPU': info.CPU;
  'info.CPUInfo': info.CPUInfo;
  'info.TPM': info.TPM;
  'info.HardwareInventory': info.HardwareInventory;
  'info.SmartAttr': info.SmartAttr;
  'info.StorageDiskInfo': info.StorageDiskInfo;
  'info.deprecatedMetricItem': info.deprecatedMetricItem;
  'info.ZmetIPAssignmentEntry': info.ZmetIPAssignmentEntry;
  'info.ZmetVifInfo': info.ZmetVifInfo;
  'info.ZioBundle': info.ZioBundle;
  'info.IoAddresses': info.IoAddresses;
  'info.VfPublishedInfo': info.VfPublishedInfo;
  'info.ZInfoManufacturer': info.ZInfoManufacturer;
  'info.ZInfoNetwork': info.ZInfoNetwork;
  'info.GeoLoc': info.GeoLoc;
  'info.ZInfoDNS': info.ZInfoDNS;
  'info.ZInfoSW': info.ZInfoSW;
  'info.VaultInfo': info.VaultInfo;
  'info.DataSecAtRest': info.DataSecAtRest;
  'info.SecurityInfo': info.SecurityInfo;
  'info.ZInfoConfigItem': info.ZInfoConfigItem;
  'info.ZInfoConfigItemStatus': info.ZInfoConfigItemStatus;
  'info.ZInfoAppInstance': info.ZInfoAppInstance;
  'info.ZInfoDeviceTasks': info.ZInfoDeviceTasks;
  'info.ZSimcardInfo': info.ZSimcardInfo;
  'info.ZCellularModuleInfo': info.ZCellularModuleInfo;
  'info.ZCellularProvider': info.ZCellularProvider;
  'info.CellularBearer': info.CellularBearer;
  'info.CellularProfile': info.CellularProfile;
  'info.StorageDiskState': info.StorageDiskState;
  'info.StorageChildren': info.StorageChildren;
  'info.StorageInfo': info.StorageInfo;
  'info.ZInfoDevice': info.ZInfoDevice;
  'info.OptionalCapabilities': info.OptionalCapabilities;
  'info.AttestationInfo': info.AttestationInfo;
  'info.SystemAdapterInfo': info.SystemAdapterInfo;
  'info.DevicePortStatus': info.DevicePortStatus;
  'info.DevicePort': info.DevicePort;
  'info.ProxyStatus': info.ProxyStatus;
  'info.ProxyEntry': info.ProxyEntry;
  'info.WirelessStatus': info.WirelessStatus;
  'info.ZCellularStatus': info.ZCellularStatus;
  'info.ZInfoDevSW': info.ZInfoDevSW;
  'info.ZInfoStorage': info.ZInfoStorage;
  'info.ZInfoSnapshot': info.ZInfoSnapshot;
  'info.ZInfoClusterNode': info.ZInfoClusterNode;
  'info.ZInfoApp': info.ZInfoApp;
  'info.ZInfoVpnLinkInfo': info.ZInfoVpnLinkInfo;
  'info.ZInfoVpnLink': info.ZInfoVpnLink;
  'info.ZInfoVpnEndPoint': info.ZInfoVpnEndPoint;
  'info.ZInfoVpnConn': info.ZInfoVpnConn;
  'info.ZInfoVpn': info.ZInfoVpn;
  'info.ZInfoNetworkInstance': info.ZInfoNetworkInstance;
  'info.IPRoute': info.IPRoute;
  'info.UsageInfo': info.UsageInfo;
  'info.VolumeResources': info.VolumeResources;
  'info.ZInfoVolume': info.ZInfoVolume;
  'info.ContentResources': info.ContentResources;
  'info.ZInfoContentTree': info.ZInfoContentTree;
  'info.ZInfoBlob': info.ZInfoBlob;
  'info.ZInfoBlobList': info.ZInfoBlobList;
  'info.ZInfoMsg': info.ZInfoMsg;
  'info.Capabilities': info.Capabilities;
  'info.ZInfoAppInstMetaData': info.ZInfoAppInstMetaData;
  'info.ZInfoEdgeview': info.ZInfoEdgeview;
  'info.ZInfoLocation': info.ZInfoLocation;
  'info.ZInfoKubeClusterUpdateStatus': info.ZInfoKubeClusterUpdateStatus;
  'info.ZInfoKubeCluster': info.ZInfoKubeCluster;
  'info.ZInfoHardware': info.ZInfoHardware;
  'info.NTPSource': info.NTPSource;
  'info.ZInfoNTPSources': info.ZInfoNTPSources;
  'info.ZInfoPatchEnvelope': info.ZInfoPatchEnvelope;
  'info.PNACStatus': info.PNACStatus;
  'logs.LogEntry': logs.LogEntry;
  'logs.LogBundle': logs.LogBundle;
  'logs.AppInstanceLogBundle': logs.AppInstanceLogBundle;
  'logs.ServerMetrics': logs.ServerMetrics;
  'metrics.memoryMetric': metrics.memoryMetric;
  'metrics.AppMemoryMetric': metrics.AppMemoryMetric;
  'metrics.DeviceMemoryMetric': metrics.DeviceMemoryMetric;
  'metrics.networkMetric': metrics.networkMetric;
  'metrics.CellularMetric': metrics.CellularMetric;
  'metrics.CellularSignalStrength': metrics.CellularSignalStrength;
  'metrics.CellularPacketStats': metrics.CellularPacketStats;
  'metrics.zedcloudMetric': metrics.zedcloudMetric;
  'metrics.urlcloudMetric': metrics.urlcloudMetric;
  'metrics.CipherMetric': metrics.CipherMetric;
  'metrics.TypeCounter': metrics.TypeCounter;
  'metrics.appCpuMetric': metrics.appCpuMetric;
  'metrics.StorageVDevMetrics': metrics.StorageVDevMetrics;
  'metrics.StorageDiskMetric': metrics.StorageDiskMetric;
  'metrics.StorageChildrenMetric': metrics.StorageChildrenMetric;
  'metrics.StorageMetric': metrics.StorageMetric;
  'metrics.deviceMetric': metrics.deviceMetric;
  'metrics.AclMetric': metrics.AclMetric;
  'metrics.appContainerMetric': metrics.appContainerMetric;
  'metrics.MetricItem': metrics.MetricItem;
  'metrics.diskMetric': metrics.diskMetric;
  'metrics.appDiskMetric': metrics.appDiskMetric;
  'metrics.appMetric': metrics.appMetric;
  'metrics.AppPatchEnvelopeMetric': metrics.AppPatchEnvelopeMetric;
  'metrics.logMetric': metrics.logMetric;
  'metrics.PktStat': metrics.PktStat;
  'metrics.ZMetricConn': metrics.ZMetricConn;
  'metrics.ZMetricVpn': metrics.ZMetricVpn;
  'metrics.ZMetricNone': metrics.ZMetricNone;
  'metrics.ZMetricFlowLink': metrics.ZMetricFlowLink;
  'metrics.ZMetricFlowEndPoint': metrics.ZMetricFlowEndPoint;
  'metrics.ZMetricFlow': metrics.ZMetricFlow;
  'metrics.NetworkStats': metrics.NetworkStats;
  'metrics.ZMetricNetworkStats': metrics.ZMetricNetworkStats;
  'metrics.ZProbeNIMetrics': metrics.ZProbeNIMetrics;
  'metrics.ZProbeNIMetrics.ZProbeIntfMetric': metrics.ZProbeNIMetrics_ZProbeIntfMetric;
  'metrics.ZMetricNetworkInstance': metrics.ZMetricNetworkInstance;
  'metrics.ZMetricVolume': metrics.ZMetricVolume;
  'metrics.ZMetricProcess': metrics.ZMetricProcess;
  'metrics.ZMetricMsg': metrics.ZMetricMsg;
  'metrics.newlogMetric': metrics.newlogMetric;
  'metrics.logfileMetrics': metrics.logfileMetrics;
  'metrics.zedboxStats': metrics.zedboxStats;
  'metrics.vlanInfo': metrics.vlanInfo;
  'metrics.FlowlogMetric': metrics.FlowlogMetric;
  'metrics.FlowlogCounters': metrics.FlowlogCounters;
  'metrics.KubeNodeMetrics': metrics.KubeNodeMetrics;
  'metrics.KubeAppMetrics': metrics.KubeAppMetrics;
  'metrics.KubeClusterMetrics': metrics.KubeClusterMetrics;
  'metrics.PNACMetrics': metrics.PNACMetrics;
  'metrics.BondMetrics': metrics.BondMetrics;
  'metrics.BondMemberMetrics': metrics.BondMemberMetrics;
  'metrics.BondMemberLACPMetrics': metrics.BondMemberLACPMetrics;
  'metrics.FsUsedMetric': metrics.FsUsedMetric;
  'metrics.NestedAppRuntimeDiskMetric': metrics.NestedAppRuntimeDiskMetric;
  'nestedappinstancemetrics.NestedAppStatus': nestedappinstancemetrics.NestedAppStatus;
  'nestedappinstancemetrics.NestedAppInventory': nestedappinstancemetrics.NestedAppInventory;
  'nestedappinstancemetrics.NestedAppInstanceLogMsg': nestedappinstancemetrics.NestedAppInstanceLogMsg;
  'nestedappinstancemetrics.NestedAppMetrics': nestedappinstancemetrics.NestedAppMetrics;
  'profile.LocalProfile': profile.LocalProfile;
  'profile.RadioStatus': profile.RadioStatus;
  'profile.CellularStatus': profile.CellularStatus;
  'profile.RadioConfig': profile.RadioConfig;
  'profile.LocalAppInfoList': profile.LocalAppInfoList;
  'profile.LocalAppInfo': profile.LocalAppInfo;
  'profile.LocalAppCmdList': profile.LocalAppCmdList;
  'profile.AppCommand': profile.AppCommand;
  'profile.LocalDevInfo': profile.LocalDevInfo;
  'profile.LocalDevCmd': profile.LocalDevCmd;
  'profile.AppBootConfig': profile.AppBootConfig;
  'profile.AppBootConfigList': profile.AppBootConfigList;
  'profile.AppBootInfo': profile.AppBootInfo;
  'profile.AppBootInfoList': profile.AppBootInfoList;
  'profile.NetworkInfo': profile.NetworkInfo;
  'profile.NetworkConfigTestingStatus': profile.NetworkConfigTestingStatus;
  'profile.NetworkPortStatus': profile.NetworkPortStatus;
  'profile.LocalNetworkConfigInfo': profile.LocalNetworkConfigInfo;
  'profile.LocalNetworkConfig': profile.LocalNetworkConfig;
  'profile.NetworkPortAddresses': profile.NetworkPortAddresses;
  'profile.NetworkPortConfig': profile.NetworkPortConfig;
  'profile.CellularConfig': profile.CellularConfig;
  'profile.CellularNetworkAuth': profile.CellularNetworkAuth;
  'profile.CellularConnectivityProbe': profile.CellularConnectivityProbe;
  'profile.WifiConfig': profile.WifiConfig;
  'profile.Signal': profile.Signal;
  'proxy.SCEPProxyRequest': proxy.SCEPProxyRequest;
  'proxy.HTTPHeaderField': proxy.HTTPHeaderField;
  'proxy.SCEPProxyResponse': proxy.SCEPProxyResponse;
  'register.ZRegisterMsg': register.ZRegisterMsg;
  'google.protobuf.Timestamp': protobuf.Timestamp;
}

export const eve: Table<EveMessages> = {
  syntax: 'proto3',
  messages: {
    'attest.ZAttestReq': '1 reqType =attest.ZAttestReqType;2 quote .attest.ZAttestQuote;3 certs *.certs.ZCert;4 storage_keys .attest.AttestStorageKeys',
    'attest.ZAttestResponse': '1 respType =attest.ZAttestRespType;2 nonce .attest.ZAttestNonceResp;3 quoteResp .attest.ZAttestQuoteResp;4 storage_keys_resp .attest.AttestStorageKeysResp',
    'attest.ZAttestNonceResp': '1 nonce bytes',
    'attest.TpmEventDigest': '1 hash_algo =attest.TpmHashAlgo;2 digest bytes',
    'attest.TpmEventLogEntry': '1 index uint32;2 pcr_index uint32;3 event_type uint32;4 digest .attest.TpmEventDigest;5 event_data_binary bytes;6 event_data_string string;7 event_binary_size uint32',
    'attest.AttestGPSCoordinates': '1 gps_input =attest.AttestGPSInput;2 latitude double;3 longitude double',
    'attest.AttestVersionInfo': '1 version_type =attest.AttestVersionType;2 version string',
    'attest.TpmPCRValue': '1 index uint32;2 hash_algo =attest.TpmHashAlgo;3 value bytes',
    'attest.ZAttestQuote': '1 attestData bytes;2 signature bytes;3 pcr_values *.attest.TpmPCRValue;4 event_log *.attest.TpmEventLogEntry;5 versions *.attest.AttestVersionInfo;6 gps_info .attest.AttestGPSCoordinates;7 tpm_binary_event_log bytes',
    'attest.AttestVolumeKey': '1 key_type =attest.AttestVolumeKeyType;2 key bytes;4 has_policy_pcr_list bool;5 policy_pcr_list .attest.AttestPolicyPcrList',
    'attest.ZAttestQuoteResp': '1 response =attest.ZAttestResponseCode;2 integrity_token bytes;3 keys *.attest.AttestVolumeKey',
    'attest.AttestStorageKeys': '1 integrity_token bytes;2 keys *.attest.AttestVolumeKey',
    'attest.AttestStorageKeysResp': '1 response =attest.AttestStorageKeysResponseCode',
    'attest.AttestPolicyPcrList': '1 pcr_indices *uint32;2 policy_id uint32',
    'attest.AttestVolumeKeyData': '1 encrypted_key bytes;2 digest_sha256 bytes;5 version =attest.AttestVolumeKeyVersion',
    'auth.AuthBody': '1 payload bytes',
    'auth.AuthContainer': '1 protectedPayload .auth.AuthBody;2 algo =common.HashAlgorithm;3 senderCertHash bytes;4 signatureHash bytes;5 senderCert bytes;6 cipherContext .common.CipherContext;7 cipherData .common.CipherBlock',
    'certs.ZControllerCert': '1 certs *.certs.ZCert',
    'certs.ZCertMetaData': '1 type =certs.ZCertMetaDataType;2 meta_data bytes',
    'certs.ZCert': '1 hashAlgo =common.HashAlgorithm;2 certHash bytes;3 type =certs.ZCertType;4 cert bytes;5 attributes .certs.ZCertAttr;6 meta_data_items *.certs.ZCertMetaData',
    'certs.ZCertAttr': '1 is_mutable bool;2 is_tpm bool',
    'config.InstanceOpsCmd': '2 counter uint32;4 opsTime string',
    'config.SnapshotDesc': '1 id string;2 type =config.SnapshotType',
    'config.SnapshotConfig': '1 active_snapshot string;2 rollback_cmd .config.InstanceOpsCmd;3 max_snapshots uint32;4 snapshots *.config.SnapshotDesc',
    'config.AppInstanceConfig': '1 uuidandversion .config.UUIDandVersion;2 displayname string;3 fixedresources .config.VmConfig;4 drives *.config.Drive;5 activate bool;6 interfaces *.config.NetworkAdapter;7 adapters *.config.Adapter;9 restart .config.InstanceOpsCmd;10 purge .config.InstanceOpsCmd;11 userData string;12 remoteConsole bool;13 cipherData .common.CipherBlock;15 collectStatsIPAddr string;16 volumeRefList *.config.VolumeRef;17 metaDataType =config.MetaDataType;18 profile_list *string;19 start_delay_in_seconds uint32;20 service bool;21 cloud_init_version uint32;22 snapshot .config.SnapshotConfig;23 patchRef .config.PatchEnvelopeRef;26 designated_node_id string;27 vm_resolution string;28 runtime_type =config.AppRuntimeType;29 affinity =config.AffinityType',
    'config.PatchEnvelopeRef': '23 name string;24 id string',
    'config.VolumeRef': '1 uuid string;2 generationCount int64;3 mount_dir string',
    'config.OSKeyTags': '',
    'config.OSVerDetails': '',
    'config.BaseOSConfig': '1 uuidandversion .config.UUIDandVersion;3 drives *.config.Drive;4 activate bool;10 baseOSVersion string;12 volumeID string',
    'config.BaseOS': '1 content_tree_uuid string;2 retry_update .config.DeviceOpsCmd;3 activate bool;4 base_os_version string',
    'config.CompoundEdgeDevConfigRequest': '1 last_cmd_timestamp uint64;2 cfg_req .config.ConfigRequest',
    'config.CompoundEdgeDevConfig': '1 timestamp uint64;2 protected_config .auth.AuthContainer;3 dev_cmd .profile.LocalDevCmd;4 app_cmd_list .profile.LocalAppCmdList;5 radio_config .profile.RadioConfig',
    'config.UUIDandVersion': '1 uuid string;2 version string',
    'config.DeviceOpsCmd': '2 counter uint32;3 desiredState bool;4 opsTime string',
    'config.ConfigItem': '1 key string;2 value string',
    'config.Adapter': '1 type =common.PhyIoType;2 name string;3 eth_vf .config.EthVF;4 interface_order uint32',
    'config.EthVF': '1 index uint32;2 mac string;3 vlan_id uint32',
    'config.LOCConfig': '1 loc_url string;2 datastore_collect_info_id *string',
    'config.EdgeDevConfig': '1 id .config.UUIDandVersion;4 apps *.config.AppInstanceConfig;5 networks *.config.NetworkConfig;6 datastores *.config.DatastoreConfig;8 base *.config.BaseOSConfig;9 reboot .config.DeviceOpsCmd;10 backup .config.DeviceOpsCmd;11 configItems *.config.ConfigItem;12 systemAdapterList *.config.SystemAdapter;13 deviceIoList *.config.PhysicalIO;14 manufacturer string;15 productName string;16 networkInstances *.config.NetworkInstanceConfig;19 cipherContexts *.common.CipherContext;20 contentInfo *.config.ContentTree;21 volumes *.config.Volume;22 controllercert_confighash string;24 maintenance_mode bool;25 controller_epoch int64;26 baseos .config.BaseOS;27 global_profile string;28 local_profile_server string;29 profile_server_token string;30 vlans *.config.VlanAdapter;31 bonds *.config.BondAdapter;32 edgeview .config.EdgeViewConfig;33 disks .config.DisksConfig;34 shutdown .config.DeviceOpsCmd;35 device_name string;36 project_name string;37 project_id string;38 enterprise_name string;39 enterprise_id string;40 config_timestamp .google.protobuf.Timestamp;41 loc_config .config.LOCConfig;42 patchEnvelopes *.config.EvePatchEnvelope;43 cluster .config.EdgeNodeCluster;50 pnacs *.config.PNAC;51 scep_profiles *.config.SCEPProfile',
    'config.ConfigRequest': '1 configHash string;2 integrity_token bytes',
    'config.ConfigResponse': '1 config .config.EdgeDevConfig;2 configHash string',
    'config.BootstrapConfig': '1 signed_config .auth.AuthContainer;2 controller_certs *.certs.ZCert',
    'config.SystemAdapter': '1 name string;2 freeUplink bool;3 uplink bool;4 networkUUID string;5 addr string;7 alias string;8 lowerLayerName string;9 cost uint32;10 shared_labels *string;11 allow_local_modifications bool',
    'config.PhyIOUsagePolicy': '1 freeUplink bool',
    'config.PhysicalIO': '1 ptype =common.PhyIoType;2 phylabel string;3 phyaddrs map<string,string>;4 logicallabel string;5 assigngrp string;6 usage =common.PhyIoMemberUsage;7 usagePolicy .config.PhyIOUsagePolicy;8 cbattr map<string,string>;9 vflist .config.VfList;10 parentassigngrp string',
    'config.VfList': '1 vf_count uint32;2 data *.config.EthVF',
    'config.VlanAdapter': '1 logicallabel string;2 interface_name string;3 lower_layer_name string;4 vlan_id uint32',
    'config.BondAdapter': '1 logicallabel string;2 interface_name string;3 lower_layer_names *string;4 bond_mode =common.BondMode;5 mii .config.MIIMonitor|monitoring;6 arp .config.ArpMonitor|monitoring;8 lacp_rate =common.LacpRate',
    'config.MIIMonitor': '1 interval uint32;2 updelay uint32;3 downdelay uint32',
    'config.ArpMonitor': '1 interval uint32;2 ip_targets *string',
    'config.LoadBalancerInterface': '1 interface_name string;2 address_cidrs *string',
    'config.LoadBalancerService': '1 interfaces *.config.LoadBalancerInterface',
    'config.EdgeNodeCluster': '1 cluster_name string;2 cluster_id string;3 cluster_interface string;4 cluster_ip_prefix string;5 is_worker_node bool;6 join_server_ip string;7 encrypted_cluster_token .common.CipherBlock;8 cluster_type =config.ClusterType;9 tie_breaker_node_id string;11 ha_scheme =config.HAScheme;12 load_balancer_service .config.LoadBalancerService;13 master_node_uuids *string;14 enable_native_k8s_orchestration bool',
    'config.EdgeViewConfig': '1 token string;2 disp_cert_pem *bytes;3 dev_policy .config.DevDebugAccessPolicy;4 app_policy .config.AppDebugAccessPolicy;5 ext_policy .config.ExternalEndPointPolicy;6 generation_id uint32',
    'config.DevDebugAccessPolicy': '1 allow_dev bool',
    'config.AppDebugAccessPolicy': '1 allow_app bool',
    'config.ExternalEndPointPolicy': '1 allow_ext bool',
    'config.ACEMatch': '1 type string;2 value string',
    'config.ACEAction': '1 drop bool;2 limit bool;3 limitrate uint32;4 limitunit string;5 limitburst uint32;6 portmap bool;7 appPort uint32',
    'config.ACE': '1 matches *.config.ACEMatch;2 actions *.config.ACEAction;3 name string;4 id int32;5 dir =config.ACEDirection',
    'config.NetworkConfig': '1 id string;5 type =common.NetworkType;6 ip .common.ipspec;7 dns *.common.ZnetStaticDNSEntry;8 entProxy .common.ProxyConfig;10 wireless .config.WirelessConfig;11 mtu uint32',
    'config.NetworkAdapter': '1 name string;3 networkId string;4 addr string;5 hostname string;6 lispsignature string;7 pemcert bytes;8 pemprivatekey bytes;9 macAddress string;10 cryptoEid string;40 acls *.config.ACE;41 access_vlan_id uint32;42 allow_to_discover bool;50 interface_order uint32',
    'config.WirelessConfig': '1 type =common.WirelessType;5 cellularCfg *.config.CellularConfig;10 wifiCfg *.config.WifiConfig',
    'config.CellularConfig': '1 APN string;2 probe .config.CellularConnectivityProbe;3 location_tracking bool;4 access_points *.config.CellularAccessPoint;5 activated_sim_slot uint32',
    'config.CellularConnectivityProbe': '1 disable bool;2 probe_address string;3 custom_probe .common.ConnectivityProbe',
    'config.CellularAccessPoint': '1 sim_slot uint32;2 apn string;3 auth_protocol =common.CellularAuthProtocol;4 cipher_data .common.CipherBlock;5 preferred_plmns *string;6 forbid_roaming bool;7 preferred_rats *=common.RadioAccessTechnology;8 ip_type =common.CellularIPType;9 attach_apn string;10 attach_ip_type =common.CellularIPType;11 attach_auth_protocol =common.CellularAuthProtocol',
    'config.WifiConfig': '1 wifiSSID string;2 keyScheme =common.WiFiKeyScheme;5 identity string;10 password string;20 crypto .config.WifiConfig.cryptoblock;25 priority int32;30 cipherData .common.CipherBlock',
    'config.WifiConfig.cryptoblock': '11 identity string;12 password string',
    'config.PNAC': '1 logicallabel string;2 eap_identity string;3 eap_method =config.EAPMethod;10 cert_enrollment_profile_name string',
    'config.NetworkInstanceOpaqueConfig': '1 oconfig string;2 lispConfig .config.NetworkInstanceLispConfig;3 type =config.ZNetworkOpaqueConfigType',
    'config.ZcServicePoint': '1 NameOrIp string;2 Credential string;3 zsType =config.ZcServiceType',
    'config.NetworkInstanceLispConfig': '1 LispMSs *.config.ZcServicePoint;2 LispInstanceId uint32;3 allocate bool;4 exportprivate bool;5 allocationprefix bytes;6 allocationprefixlen uint32;20 experimental bool',
    'config.IPRoute': '1 destination_network string;2 gateway string;3 port string;4 probe .config.PortProbe;5 prefer_lower_cost bool;6 prefer_stronger_wwan_signal bool',
    'config.PortProbe': '1 enable_gw_ping bool;2 gw_ping_max_cost uint32;3 custom_probe .common.ConnectivityProbe',
    'config.SpanningTreeProtocol': '1 ports_with_bpdu_guard string',
    'config.NetworkInstanceConfig': '1 uuidandversion .config.UUIDandVersion;2 displayname string;4 instType =config.ZNetworkInstType;5 activate bool;20 port .config.Adapter;21 stp .config.SpanningTreeProtocol;30 cfg .config.NetworkInstanceOpaqueConfig;39 ipType =config.AddressType;40 ip .common.ipspec;41 dns *.common.ZnetStaticDNSEntry;42 propagate_connected_routes bool;43 static_routes *.config.IPRoute;44 mtu uint32;50 disable_flowlog bool;51 vlan_access_ports *.config.VlanAccessPort;52 forward_lldp bool;53 cluster_wide bool',
    'config.VlanAccessPort': '1 vlan_id uint32;2 access_port string',
    'config.InlineOpaqueBase64Data': '1 base64Data string;2 fileNameToUse string;3 base64MetaData ?string',
    'config.EncryptedInlineOpaqueBase64Data': '1 cipher_data .common.CipherBlock',
    'config.ExternalOpaqueBinaryBlob': '1 imageName string;2 fileNameToUse ?string;3 blobMetaData ?string;4 imageId string',
    'config.EncryptedExternalOpaqueBinaryBlob': '1 cipher_data .common.CipherBlock',
    'config.EveBinaryArtifact': '1 format =config.EVE_OPAQUE_OBJECT_CATEGORY;2 inline .config.InlineOpaqueBase64Data|binaryBlob;3 volumeRef .config.ExternalOpaqueBinaryBlob|binaryBlob;4 artifactMetaData ?string;5 metadata_cipher_data ?.common.CipherBlock;6 encrypted_inline .config.EncryptedInlineOpaqueBase64Data|binaryBlob;7 encrypted_volumeref .config.EncryptedExternalOpaqueBinaryBlob|binaryBlob',
    'config.EvePatchEnvelope': '1 displayName string;2 uuid string;3 version ?string;4 action =config.EVE_PATCH_ENVELOPE_ACTION;5 artifacts *.config.EveBinaryArtifact;6 appInstIdsAllowed *string;7 createTime .google.protobuf.Timestamp',
    'config.SCEPProfile': '1 profile_name string;2 scep_url string;3 use_controller_proxy bool;4 scep_challenge_password .common.CipherBlock;5 ca_cert_pem *bytes;6 csr_profile .config.CSRProfile',
    'config.CSRProfile': '1 common_name string;2 organization string;3 organizational_unit string;4 country string;5 state string;6 locality string;10 san_dns *string;11 san_ip *string;12 san_uri *string;13 san_email *string;20 renew_period_percent uint32;21 key_type =config.KeyType;22 hash_algorithm =config.HashAlgorithm',
    'config.SignatureInfo': '1 intercertsurl string;2 signercerturl string;3 signature bytes',
    'config.DatastoreConfig': '1 dType =config.DsType;2 fqdn string;3 apiKey string;4 password string;5 dpath string;6 region string;7 cipherData .common.CipherBlock;8 dsCertPEM *bytes;100 id string',
    'config.Image': '1 uuidandversion .config.UUIDandVersion;2 name string;3 sha256 string;4 iformat =config.Format;5 siginfo .config.SignatureInfo;6 dsId string;8 sizeBytes int64',
    'config.Drive': '1 image .config.Image;5 readonly bool;6 preserve bool;8 drvtype =config.DriveType;9 target =config.Target;10 maxsizebytes int64',
    'config.ContentTree': '1 uuid string;2 dsId string;3 URL string;4 iformat =config.Format;5 sha256 string;6 maxSizeBytes uint64;7 siginfo .config.SignatureInfo;8 displayName string;9 generation_count int64;10 custom_meta_data string;11 ds_ids_list *string;12 designated_node_id string',
    'config.VolumeContentOrigin': '1 type =config.VolumeContentOriginType;2 downloadContentTreeID string',
    'config.Volume': '1 uuid string;2 origin .config.VolumeContentOrigin;3 protocols *=config.VolumeAccessProtocols;4 generationCount int64;5 maxsizebytes int64;6 readonly bool;7 displayName string;8 clear_text bool;9 target =config.Target;10 designated_node_id string',
    'config.DiskConfig': '1 disk .common.DiskDescription;2 old_disk .common.DiskDescription;3 disk_config =config.DiskConfigType',
    'config.DisksConfig': '1 disks *.config.DiskConfig;2 array_type =config.DisksArrayType;3 children *.config.DisksConfig',
    'config.VmConfig': '1 kernel string;2 ramdisk string;3 memory uint32;4 maxmem uint32;5 vcpus uint32;6 maxcpus uint32;7 rootdev string;8 extraargs string;9 bootloader string;10 cpus string;11 devicetree string;12 dtdev *string;13 irqs *uint32;14 iomem *string;15 virtualizationMode =config.VmMode;16 enable_vnc bool;17 vncDisplay uint32;18 vncPasswd string;19 disableLogs bool;20 pin_cpu bool;21 vmm_maxmem uint32;22 enable_vnc_shim_vm bool;23 boot_mode =config.VmBootMode;24 enforce_network_interface_order bool;25 enable_oem_win_license_key bool;26 disable_vtpm bool;27 boot_order =common.BootOrder',
    'common.CipherContext': '1 contextId string;2 hashScheme =common.HashAlgorithm;3 keyExchangeScheme =common.KeyExchangeScheme;4 encryptionScheme =common.EncryptionScheme;5 deviceCertHash bytes;6 controllerCertHash bytes',
    'common.CipherBlock': '1 cipherContextId string;2 initialValue bytes;3 cipherData bytes;4 clearTextSha256 bytes',
    'common.EncryptionBlock': '1 dsAPIKey string;2 dsPassword string;3 wifiUserName string;4 wifiPassword string;5 protectedUserData string;6 cellular_net_username string;7 cellular_net_password string;8 cluster_token string;9 user =common.EncryptionBlockUser;10 encrypted_data string;11 cellular_net_attach_username string;12 cellular_net_attach_password string;13 gzip_registration_manifest_yaml bytes;14 scep_challenge_password string',
    'common.DiskDescription': '1 name string;2 logical_name string;3 serial string',
    'common.ipRange': '1 start string;2 end string',
    'common.ProxyServer': '1 proto =common.proxyProto;2 server string;3 port uint32',
    'common.ProxyConfig': '1 networkProxyEnable bool;2 proxies *.common.ProxyServer;3 exceptions string;4 pacfile string;5 networkProxyURL string;6 proxyCertPEM *bytes',
    'common.ZnetStaticDNSEntry': '1 HostName string;2 Address *string',
    'common.ipspec': '2 dhcp =common.DHCPType;3 subnet string;5 gateway string;6 domain string;7 ntp string;8 dns *string;9 dhcpRange .common.ipRange;10 more_ntp *string;11 dhcp_options_ignore .common.DhcpOptionsIgnore',
    'common.DhcpOptionsIgnore': '1 ntp_server_exclusively bool;2 ip_addresses_exclusively bool;3 dns_config_exclusively bool;4 gateways_exclusively bool',
    'common.ProbeEndpoint': '1 host string;2 port uint32',
    'common.ConnectivityProbe': '1 probe_method =common.ConnectivityProbeMethod;2 probe_endpoint .common.ProbeEndpoint',
    'common.PortConfigSource': '1 origin =common.NetworkConfigOrigin;2 submitted_at .google.protobuf.Timestamp',
    'uuid.UuidRequest': '',
    'uuid.UuidResponse': '1 uuid string;2 manufacturer string;3 product_name string',
    'flowlog.IpFlow': '1 src string;2 srcPort int32;3 dest string;4 destPort int32;5 protocol int32',
    'flowlog.ScopeInfo': '1 uuid string;2 intf string;3 localIntf string;4 netInstUUID string',
    'flowlog.FlowRecord': '1 flow .flowlog.IpFlow;2 inbound bool;3 aclId int32;4 aclName string;6 startTime .google.protobuf.Timestamp;7 endTime .google.protobuf.Timestamp;8 txBytes int64;9 txPkts int64;10 rxBytes int64;11 rxPkts int64;12 action =flowlog.ACLAction',
    'flowlog.DnsRequest': '1 hostName string;2 addrs *string;3 requestTime .google.protobuf.Timestamp;4 aclNum int32',
    'flowlog.FlowMessage': '1 devId string;2 scope .flowlog.ScopeInfo;3 flows *.flowlog.FlowRecord;4 dnsReqs *.flowlog.DnsRequest',
    'hardwarehealth.ZHardwareHealth': '1 dev_id string;2 at_time_stamp .google.protobuf.Timestamp;3 mr .hardwarehealth.ECCMemoryReport;4 disks *.info.StorageDiskInfo',
    'hardwarehealth.DimmRankInfo': '1 rank_name string;2 ce_count int64;3 ue_count int64',
    'hardwarehealth.ECCMemoryControllerInfo': '1 controller_name string;2 ce_count int64;3 ue_count int64;4 ranks *.hardwarehealth.DimmRankInfo',
    'hardwarehealth.ECCMemoryReport': '1 memory_controllers *.hardwarehealth.ECCMemoryControllerInfo',
    'info.BondStatus': '1 mode =common.BondMode;2 active_member string;3 mii_monitor .info.BondMIIMonitorStatus;4 arp_monitor .info.BondArpMonitorStatus;5 lacp .info.BondLACPStatus;6 members *.info.BondMemberStatus',
    'info.BondMemberStatus': '1 logicallabel string;2 mii_up bool;3 lacp .info.BondMemberLACPStatus',
    'info.BondMIIMonitorStatus': '1 enabled bool;2 polling_interval uint32;3 updelay uint32;4 downdelay uint32',
    'info.BondArpMonitorStatus': '1 enabled bool;2 polling_interval uint32;3 ip_targets *string;4 missed_max uint32',
    'info.BondLACPStatus': '1 lacp_rate =common.LacpRate;2 active_aggregator_id uint32;3 partner_mac string;4 actor_key uint32;5 partner_key uint32',
    'info.BondMemberLACPStatus': '1 aggregator_id uint32;2 actor_churn_state =info.BondLACPChurnState;3 partner_churn_state =info.BondLACPChurnState',
    'info.CertInfo': '1 cert_enrollment_profile_name string;2 subject .info.CertDistinguishedName;3 issuer .info.CertDistinguishedName;4 san_dns *string;5 san_ip *string;6 san_uri *string;7 san_email *string;8 issue_timestamp .google.protobuf.Timestamp;9 expiration_timestamp .google.protobuf.Timestamp;10 renew_period_percent uint32;11 sha256_fingerprint string;12 status =info.CertStatus;13 err .info.ErrorInfo',
    'info.CertDistinguishedName': '1 common_name string;2 serial_number string;3 organization *string;4 organizational_unit *string;5 country *string;6 state_or_province *string;7 locality *string',
    'info.ErrorInfo': '1 description string;2 timestamp .google.protobuf.Timestamp;3 severity =info.Severity;4 entities *.info.DeviceEntity;5 retry_condition string',
    'info.DeviceEntity': '1 entity =info.Entity;2 entity_id string;3 entity_name string',
    'info.KubeNodeCondition': '1 type =info.KubeNodeConditionType;2 set bool;3 last_transition_time .google.protobuf.Timestamp',
    'info.KubeNodeInfo': '1 name string;2 conditions *.info.KubeNodeCondition;3 role_server bool;4 creation_timestamp .google.protobuf.Timestamp;5 api_server_sersion string;6 internal_ip string;7 schedulable bool;8 admission_status =info.NodeAdmission;9 node_id string',
    'info.KubePodNameSpaceInfo': '1 name string;2 pod_count uint32;3 pod_running_count uint32;4 pod_pending_count uint32;5 pod_failed_count uint32;6 pod_succeeded_count uint32',
    'info.KubeEVEAppPodInfo': '1 name string;2 status =info.KubePodStatus;3 restart_count uint32;4 restart_timestamp .google.protobuf.Timestamp;5 creation_timestamp .google.protobuf.Timestamp;6 ip_address string;7 node_name string',
    'info.KubeVolumeReplicaInfo': '1 name string;2 owner_node string;3 rebuild_progress_percentage uint32;4 status =info.StorageVolumeReplicaStatus',
    'info.KubeVolumeInfo': '1 name string;2 state =info.StorageVolumeState;3 robustness =info.StorageVolumeRobustness;4 creation_timestamp .google.protobuf.Timestamp;5 provisioned_bytes uint64;6 allocated_bytes uint64;7 pvc_status =info.StorageVolumePVCStatus;8 replica *.info.KubeVolumeReplicaInfo;9 robustness_substate =info.StorageHealthStatus;10 volume_id string',
    'info.KubeStorageInfo': '1 health =info.ServiceStatus;2 transition_time .google.protobuf.Timestamp;3 volumes *.info.KubeVolumeInfo',
    'info.KubeVMIInfo': '1 name string;2 status =info.KubeVMIStatus;3 creation_time .google.protobuf.Timestamp;4 last_transition_time .google.protobuf.Timestamp;5 is_ready bool;6 node_name string',
    'info.USBAddress': '1 bus uint32;2 port string',
    'info.BusParent': '1 pci_parent ?.info.PCIAddress;2 usb_parent ?.info.USBAddress',
    'info.USBDevice': '1 parent ?.info.BusParent;2 vendor_id uint32;3 product_id uint32;4 bus_port .info.USBAddress;5 driver string;6 class_id uint32;7 suggested_assigngrp string',
    'info.PCIAddress': '1 domain uint32;2 bus uint32;3 device uint32;4 function uint32',
    'info.PCIDevice': '1 parent_pci_device_address ?.info.PCIAddress;2 driver string;3 address .info.PCIAddress;4 vendor_id uint32;5 device_id uint32;6 revision uint32;7 subsystem_id uint32;8 class_id uint32;9 subclass_id uint64;10 iommu_group string',
    'info.SerialPort': '1 parent ?.info.BusParent;2 ioport_range string;3 irq uint64;4 devpath string',
    'info.CANDevice': '1 parent ?.info.BusParent;2 ifname string',
    'info.NetworkDevice': '1 parent ?.info.BusParent;2 ifname string;3 type =info.NetworkDeviceType;4 mac_address string;5 speed_mbps uint32',
    'info.BIOS': '1 vendor string;2 version string;1000 attributes map<string,string>',
    'info.CPU': '1 model string;2 vendor string;3 id uint32;4 freq uint64',
    'info.CPUInfo': '1 cpus *.info.CPU',
    'info.TPM': '1 present bool;2 manufacturer string;3 firmware_version string;4 spec_version string',
    'info.HardwareInventory': '3 pci_devices *.info.PCIDevice;4 usb_devices *.info.USBDevice;5 serial_devices *.info.SerialPort;6 network_devices *.info.NetworkDevice;7 can_devices *.info.CANDevice;8 bios .info.BIOS;9 cpu_info .info.CPUInfo;10 total_memory_bytes uint64;11 total_storage_bytes uint64;13 watchdog_present bool;14 tpm .info.TPM;15 status_led_present bool;1000 misc map<string,string>',
    'info.SmartAttr': '1 id uint32;2 value uint64;3 worst uint64;4 thresh uint64;5 when_failed string;6 raw_value uint64;7 type string;8 attribute_name string',
    'info.StorageDiskInfo': '1 disk_name string;4 wwn string;5 serial_number string;6 model string;7 collector_errors string;8 smart_attr *.info.SmartAttr',
    'info.deprecatedMetricItem': '1 key string;2 type =info.DepMetricItemType;3 boolValue bool|metricItemValue;4 uint32Value uint32|metricItemValue;5 uint64Value uint64|metricItemValue;6 floatValue float|metricItemValue;7 stringValue string|metricItemValue',
    'info.ZmetIPAssignmentEntry': '1 macAddress string;2 ipAddress *string',
    'info.ZmetVifInfo': '1 vifName string;2 macAddress string;3 appID string',
    'info.ZioBundle': '1 type =common.PhyIoType;2 name string;3 members *string;4 usedByAppUUID string;5 usedByBaseOS bool;6 ioAddressList *.info.IoAddresses;7 usage =common.PhyIoMemberUsage;8 err .info.ErrorInfo',
    'info.IoAddresses': '1 macAddress string;2 vf_info .info.VfPublishedInfo',
    'info.VfPublishedInfo': '1 index uint32;2 vlan_id uint32',
    'info.ZInfoManufacturer': '1 manufacturer string;2 productName string;3 version string;4 serialNumber string;5 UUID string;6 compatible string;7 biosVendor string;8 biosVersion string;9 biosReleaseDate string',
    'info.ZInfoNetwork': '3 macAddr string;4 devName string;5 IPAddrs *string;6 defaultRouters *string;7 dns .info.ZInfoDNS;8 ipv4_up bool;9 location .info.GeoLoc;10 uplink bool;11 networkErr .info.ErrorInfo;12 localName string;13 proxy .info.ProxyStatus;14 ip_addr_mis_match bool;15 ntp_servers *string;40 alias string',
    'info.GeoLoc': '1 UnderlayIP string;2 Hostname string;3 City string;4 Region string;5 Country string;6 Loc string;7 Org string;8 Postal string',
    'info.ZInfoDNS': '1 DNSservers *string;2 DNSdomain string;3 DNSsearch *string',
    'info.ZInfoSW': '2 swVersion string;3 swHash string;4 state =info.ZSwState;6 target string;7 vdev string;8 downloadProgress uint32;9 imageName string',
    'info.VaultInfo': '1 name string;2 status =info.DataSecAtRestStatus;3 vaultErr .info.ErrorInfo;4 pcrStatus =info.PCRStatus',
    'info.DataSecAtRest': '1 status =info.DataSecAtRestStatus;2 info string;3 vaultList *.info.VaultInfo',
    'info.SecurityInfo': '1 sha_root_ca bytes;2 sha_tls_root_ca bytes',
    'info.ZInfoConfigItem': '1 value string;2 error string',
    'info.ZInfoConfigItemStatus': '1 configItems map<string,.info.ZInfoConfigItem>;2 unknownConfigItems map<string,.info.ZInfoConfigItem>',
    'info.ZInfoAppInstance': '1 uuid string;2 name string;3 domainName string',
    'info.ZInfoDeviceTasks': '1 name string;2 namespace string',
    'info.ZSimcardInfo': '1 name string;2 cell_module_name string;3 imsi string;4 iccid string;6 state string;7 slot_number uint32;8 slot_activated bool;9 type =info.SimType',
    'info.ZCellularModuleInfo': '1 name string;2 imei string;3 firmware_version string;4 model string;5 operating_state =info.ZCellularOperatingState;6 control_protocol =info.ZCellularControlProtocol;7 manufacturer string',
    'info.ZCellularProvider': '1 plmn string;2 description string;3 current_serving bool;4 roaming bool;5 forbidden bool',
    'info.CellularBearer': '1 apn string;2 bearer_type =common.BearerType;3 ip_type =common.CellularIPType;4 connected bool;5 connection_error string;6 connected_at .google.protobuf.Timestamp',
    'info.CellularProfile': '1 profile_name string;2 apn string;3 bearer_type =common.BearerType;4 ip_type =common.CellularIPType;5 forbid_roaming bool',
    'info.StorageDiskState': '1 disk_name .common.DiskDescription;2 status =info.StorageStatus;3 state string;4 smart_status string',
    'info.StorageChildren': '1 current_raid =info.StorageRaidType;2 disks *.info.StorageDiskState;3 children *.info.StorageChildren;4 display_name string;5 g_u_i_d uint64',
    'info.StorageInfo': '1 pool_name string;2 storage_type =info.StorageTypeInfo;3 zfs_version string;4 current_raid =info.StorageRaidType;5 compression_ratio double;6 zpool_size uint64;7 count_zvols uint32;8 storage_state =info.StorageStatus;9 disks *.info.StorageDiskState;10 collector_errors string;11 children *.info.StorageChildren;12 pool_status_msg string',
    'info.ZInfoDevice': '4 machineArch string;5 cpuArch string;6 platform string;7 ncpu uint32;8 memory uint64;9 storage uint64;10 powerCycleCounter int64;11 minfo .info.ZInfoManufacturer;13 network *.info.ZInfoNetwork;15 assignableAdapters *.info.ZioBundle;16 dns .info.ZInfoDNS;17 storageList *.info.ZInfoStorage;18 bootTime .google.protobuf.Timestamp;19 swList *.info.ZInfoDevSW;20 HostName string;21 metricItems *.info.deprecatedMetricItem;22 lastRebootReason string;23 lastRebootTime .google.protobuf.Timestamp;24 systemAdapter .info.SystemAdapterInfo;25 restartCounter uint32;26 HSMStatus =info.HwSecurityModuleStatus;27 HSMInfo string;28 lastRebootStack string;29 dataSecAtRestInfo .info.DataSecAtRest;30 sec_info .info.SecurityInfo;31 configItemStatus .info.ZInfoConfigItemStatus;32 appInstances *.info.ZInfoAppInstance;33 rebootConfigCounter uint32;34 last_boot_reason =info.BootReason;35 cell_radios *.info.ZCellularModuleInfo;36 sims *.info.ZSimcardInfo;37 tasks *.info.ZInfoDeviceTasks;38 maintenance_mode bool;39 maintenance_mode_reason =info.MaintenanceModeReason;40 hardware_watchdog_present bool;41 reboot_inprogress bool;42 capabilities .info.Capabilities;43 baseos_update_counter uint32;44 state =info.ZDeviceState;45 local_profile string;46 maintenance_mode_reasons *=info.MaintenanceModeReason;47 dormant_time string;48 storage_info *.info.StorageInfo;49 shutdown_config_counter uint32;50 attestation_info .info.AttestationInfo;51 api_capability =info.APICapability;52 remote_access_disabled bool;53 optional_capabilities .info.OptionalCapabilities;54 device_name string;55 enterprise_name string;56 enterprise_id string;57 project_name string;58 project_id string;60 enrolled_certs *.info.CertInfo',
    'info.OptionalCapabilities': '1 hv_type_kubevirt bool;2 hw_inventory_support bool;3 etcd_snapshot bool',
    'info.AttestationInfo': '1 state =info.AttestationState;2 error .info.ErrorInfo',
    'info.SystemAdapterInfo': '1 currentIndex uint32;2 status *.info.DevicePortStatus',
    'info.DevicePortStatus': '1 version uint32;2 key string;3 timePriority .google.protobuf.Timestamp;4 lastFailed .google.protobuf.Timestamp;5 lastSucceeded .google.protobuf.Timestamp;6 ports *.info.DevicePort;7 lastError string',
    'info.DevicePort': '1 ifname string;2 name string;3 isMgmt bool;4 free bool;11 dhcpType uint32;12 subnet string;13 gateway string;14 domainname string;15 ntpServer string;16 dnsServers *string;17 dhcpRangeLow string;18 dhcpRangeHigh string;21 proxy .info.ProxyStatus;22 macAddr string;23 IPAddrs *string;24 defaultRouters *string;25 dns .info.ZInfoDNS;26 up bool;27 location .info.GeoLoc;29 err .info.ErrorInfo;30 usage =common.PhyIoMemberUsage;31 networkUUID string;32 cost uint32;33 wireless_status .info.WirelessStatus;34 mtu uint32;35 more_ntp_servers *string;40 config_source .common.PortConfigSource;50 pnac_status .info.PNACStatus;60 bond_status .info.BondStatus',
    'info.ProxyStatus': '1 proxies *.info.ProxyEntry;2 exceptions string;3 pacfile string;4 networkProxyEnable bool;5 networkProxyURL string;6 wpadURL string',
    'info.ProxyEntry': '1 type uint32;2 server string;3 port uint32',
    'info.WirelessStatus': '1 type =info.WirelessType;2 cellular .info.ZCellularStatus',
    'info.ZCellularStatus': '1 cellular_module string;2 sim_cards *string;3 providers *.info.ZCellularProvider;4 current_rats *=common.RadioAccessTechnology;5 connected_at .google.protobuf.Timestamp;10 config_error string;11 probe_error string;12 bearers *.info.CellularBearer;13 profiles *.info.CellularProfile',
    'info.ZInfoDevSW': '2 activated bool;3 partitionLabel string;4 partitionDevice string;5 partitionState string;6 status =info.ZSwState;7 shortVersion string;8 longVersion string;9 swErr .info.ErrorInfo;10 downloadProgress uint32;11 userStatus =info.BaseOsStatus;12 subStatusStr string;13 subStatus =info.BaseOsSubStatus;14 subStatusProgress uint32',
    'info.ZInfoStorage': '1 device string;2 mountPath string;3 total uint64;4 storageLocation bool;5 partitionLabel string;6 partitionTypeGuid string;7 partitionUuid string',
    'info.ZInfoSnapshot': '1 id string;2 config_id string;3 config_version string;4 create_time .google.protobuf.Timestamp;5 type =info.SnapshotType;6 snap_err .info.ErrorInfo',
    'info.ZInfoClusterNode': '1 node_status =info.ZInfoClusterNodeStatus',
    'info.ZInfoApp': '1 AppID string;2 appVersion string;6 systemApp bool;7 AppName string;8 softwareList *.info.ZInfoSW;12 bootTime .google.protobuf.Timestamp;13 assignedAdapters *.info.ZioBundle;14 appErr *.info.ErrorInfo;15 state =info.ZSwState;16 network *.info.ZInfoNetwork;17 volumeRefs *string;18 snapshots *.info.ZInfoSnapshot;20 cluster_app_running bool',
    'info.ZInfoVpnLinkInfo': '1 spiId string;2 subNet string;3 direction bool',
    'info.ZInfoVpnLink': '1 id string;2 name string;3 reqId string;4 instTime uint64;5 espInfo string;6 state =info.ZInfoVpnState;10 lInfo .info.ZInfoVpnLinkInfo;11 rInfo .info.ZInfoVpnLinkInfo',
    'info.ZInfoVpnEndPoint': '1 id string;2 ipAddr string;3 port uint32',
    'info.ZInfoVpnConn': '1 id string;2 name string;3 version string;4 estTime uint64;5 ikes string;6 state =info.ZInfoVpnState;7 lInfo .info.ZInfoVpnEndPoint;8 rInfo .info.ZInfoVpnEndPoint;10 links *.info.ZInfoVpnLink',
    'info.ZInfoVpn': '1 upTime uint64;2 policyBased bool;3 listeningIpAddrs *string;10 conn *.info.ZInfoVpnConn',
    'info.ZInfoNetworkInstance': '2 networkID string;3 networkVersion string;5 instType uint32;6 displayname string;7 activated bool;8 upTimeStamp .google.protobuf.Timestamp;9 softwareList .info.ZInfoSW;10 CurrentUplinkIntf string;11 CurrentUplinkAlias string;12 ports *string;20 bridgeNum uint32;21 bridgeName string;22 bridgeIPAddr string;23 ipAssignments *.info.ZmetIPAssignmentEntry;25 vifs *.info.ZmetVifInfo;26 ipv4Eid bool;30 assignedAdapters *.info.ZioBundle;31 vinfo .info.ZInfoVpn|InfoContent;40 networkErr *.info.ErrorInfo;41 state =info.ZNetworkInstanceState;42 mtu uint32;43 ip_routes *.info.IPRoute',
    'info.IPRoute': '1 destination_network string;2 gateway string;3 port string;4 gateway_app string',
    'info.UsageInfo': '1 createTime .google.protobuf.Timestamp;2 refCount uint32;3 lastRefcountChangeTime .google.protobuf.Timestamp',
    'info.VolumeResources': '1 maxSizeBytes uint64;2 curSizeBytes uint64',
    'info.ZInfoVolume': '1 uuid string;2 displayName string;3 usage .info.UsageInfo;4 resources .info.VolumeResources;5 state =info.ZSwState;6 progressPercentage uint32;7 volumeErr .info.ErrorInfo;8 generation_count int64',
    'info.ContentResources': '1 curSizeBytes uint64',
    'info.ZInfoContentTree': '1 uuid string;2 displayName string;3 sha256 string;4 resources .info.ContentResources;5 usage .info.UsageInfo;6 state =info.ZSwState;7 progressPercentage uint32;8 err .info.ErrorInfo;9 componentShaList *string;10 generation_count int64',
    'info.ZInfoBlob': '1 sha256 string;2 resources .info.ContentResources;3 usage .info.UsageInfo;4 state =info.ZSwState;5 progressPercentage uint32;6 err .info.ErrorInfo',
    'info.ZInfoBlobList': '1 blob *.info.ZInfoBlob',
    'info.ZInfoMsg': '1 ztype =info.ZInfoTypes;2 devId string;3 dinfo .info.ZInfoDevice|InfoContent;5 ainfo .info.ZInfoApp|InfoContent;6 atTimeStamp .google.protobuf.Timestamp;12 niinfo .info.ZInfoNetworkInstance|InfoContent;13 vinfo .info.ZInfoVolume|InfoContent;14 cinfo .info.ZInfoContentTree|InfoContent;15 binfo .info.ZInfoBlobList|InfoContent;16 amdinfo .info.ZInfoAppInstMetaData|InfoContent;17 evinfo .info.ZInfoEdgeview|InfoContent;18 hwinfo .info.ZInfoHardware|InfoContent;19 locinfo .info.ZInfoLocation|InfoContent;20 patchInfo .info.ZInfoPatchEnvelope|InfoContent;22 cluster_node .info.ZInfoClusterNode|InfoContent;23 ntp_sources .info.ZInfoNTPSources|InfoContent;24 cluster_info .info.ZInfoKubeCluster|InfoContent;25 cluster_update_info .info.ZInfoKubeClusterUpdateStatus|InfoContent',
    'info.Capabilities': '2 HWAssistedVirtualization bool;3 IOVirtualization bool',
    'info.ZInfoAppInstMetaData': '1 uuid string;2 type =info.AppInstMetaDataType;3 data bytes',
    'info.ZInfoEdgeview': '1 expire_time .google.protobuf.Timestamp;2 started_time .google.protobuf.Timestamp;3 count_dev uint32;4 count_app uint32;5 count_ext uint32',
    'info.ZInfoLocation': '1 latitude double;2 longitude double;3 altitude double;4 utc_timestamp .google.protobuf.Timestamp;5 horizontal_reliability =info.LocReliability;6 vertical_reliability =info.LocReliability;7 horizontal_uncertainty float;8 vertical_uncertainty float;9 logicallabel string',
    'info.ZInfoKubeClusterUpdateStatus': '1 current_node string;2 component =info.KubeComp;3 status =info.KubeCompUpdateStatus;4 error .info.ErrorInfo;5 cluster_id string',
    'info.ZInfoKubeCluster': '1 nodes *.info.KubeNodeInfo;2 pod_name_spaces *.info.KubePodNameSpaceInfo;3 eve_apps *.info.KubeEVEAppPodInfo;4 storage .info.KubeStorageInfo;5 cluster_id string;6 eve_vm_apps *.info.KubeVMIInfo',
    'info.ZInfoHardware': '1 disks *.info.StorageDiskInfo;2 eve_release string;3 inventory .info.HardwareInventory;4 kernel_flavor string;5 kernel_version string;6 eve_platform string;7 partition string;8 kernel_cmdline string',
    'info.NTPSource': '1 authenticated bool;2 reachable bool;3 reachability uint32;4 state =info.NTPSourceState;5 mode =info.NTPSourceMode;6 hostname string;7 src_addr string;8 src_port uint32;9 dst_addr string;10 dst_port uint32;11 leap uint32;12 stratum uint32;13 precision uint32;14 ref_id string;15 ref_time .google.protobuf.Timestamp;16 poll sint32;17 flags uint32;18 offset double;19 delay double;20 dispersion double;21 jitter double;22 root_delay double;23 root_disp double',
    'info.ZInfoNTPSources': '1 sources *.info.NTPSource',
    'info.ZInfoPatchEnvelope': '1 name string;2 id string;3 version string;4 state =info.EVE_PATCH_ENVELOPE_STATE;5 size uint64;6 errors *string',
    'info.PNACStatus': '1 enabled bool;2 state =info.SupplicantState;3 last_auth_timestamp .google.protobuf.Timestamp;4 err .info.ErrorInfo',
    'logs.LogEntry': '1 severity string;2 source string;3 iid string;4 content string;5 msgid uint64;6 tags map<string,string>;7 timestamp .google.protobuf.Timestamp;8 filename string;9 function string',
    'logs.LogBundle': '1 devID string;2 image string;3 log *.logs.LogEntry;4 timestamp .google.protobuf.Timestamp;5 eveVersion string',
    'logs.AppInstanceLogBundle': '1 log *.logs.LogEntry;2 timestamp .google.protobuf.Timestamp',
    'logs.ServerMetrics': '1 cpu_percentage float;2 log_process_delay_msec uint32',
    'metrics.memoryMetric': '2 usedMem uint32;3 availMem uint32;4 usedPercentage double;5 availPercentage double',
    'metrics.AppMemoryMetric': '1 allocatedMB uint32;2 usedMB uint32',
    'metrics.DeviceMemoryMetric': '1 memoryMB uint32;2 allocated_appsMB uint32;3 allocated_eveMB uint32;4 used_eveMB uint32',
    'metrics.networkMetric': '1 iName string;2 txBytes uint64;3 rxBytes uint64;4 txDrops uint64;5 rxDrops uint64;8 txPkts uint64;9 rxPkts uint64;10 txErrors uint64;11 rxErrors uint64;12 txAclDrops uint64;13 rxAclDrops uint64;14 txAclRateLimitDrops uint64;15 rxAclRateLimitDrops uint64;16 localName string;20 alias string',
    'metrics.CellularMetric': '1 logicallabel string;2 signal_strength .metrics.CellularSignalStrength;3 packet_stats .metrics.CellularPacketStats',
    'metrics.CellularSignalStrength': '1 rssi int32;2 rsrq int32;3 rsrp int32;4 snr int32',
    'metrics.CellularPacketStats': '1 rx .metrics.NetworkStats;2 tx .metrics.NetworkStats',
    'metrics.zedcloudMetric': '1 ifName string;2 failures uint64;3 success uint64;4 lastFailure .google.protobuf.Timestamp;5 lastSuccess .google.protobuf.Timestamp;6 urlMetrics *.metrics.urlcloudMetric;7 authVerifyFailure uint64',
    'metrics.urlcloudMetric': '1 url string;2 tryMsgCount int64;3 tryByteCount int64;4 sentMsgCount int64;5 sentByteCount int64;6 recvMsgCount int64;7 recvByteCount int64;8 total_time_spent int64;9 sess_resume_count int64',
    'metrics.CipherMetric': '1 agent_name string;2 failure_count uint64;3 success_count uint64;4 last_failure .google.protobuf.Timestamp;5 last_success .google.protobuf.Timestamp;6 tc *.metrics.TypeCounter',
    'metrics.TypeCounter': '1 error_code =metrics.CipherError;2 count uint64',
    'metrics.appCpuMetric': '4 upTime .google.protobuf.Timestamp;5 total uint64;6 systemTotal uint64;7 total_ns uint64',
    'metrics.StorageVDevMetrics': '1 volume_u_u_i_d string;2 alloc uint64;3 total uint64;4 deflated_space uint64;5 replaceable_size uint64;6 expandable_size uint64;7 read_errors uint64;8 write_errors uint64;9 checksum_errors uint64;10 bytes_read uint64;11 bytes_write uint64;12 ops_count_read uint64;13 ops_count_write uint64;14 i_os_in_progress uint64;15 read_ticks uint64;16 write_ticks uint64;17 i_os_total_ticks uint64;18 weighted_i_o_ticks uint64',
    'metrics.StorageDiskMetric': '1 disk_name .common.DiskDescription;2 metrics .metrics.StorageVDevMetrics',
    'metrics.StorageChildrenMetric': '1 g_u_i_d uint64;2 disks *.metrics.StorageDiskMetric;3 children *.metrics.StorageChildrenMetric;4 metrics .metrics.StorageVDevMetrics',
    'metrics.StorageMetric': '1 pool_name string;5 collection_time .google.protobuf.Timestamp;6 zpool_metrics .metrics.StorageVDevMetrics;7 children_datasets *.metrics.StorageChildrenMetric;8 disks *.metrics.StorageDiskMetric;9 zvols *.metrics.StorageVDevMetrics',
    'metrics.deviceMetric': '2 memory .metrics.memoryMetric;3 network *.metrics.networkMetric;4 zedcloud *.metrics.zedcloudMetric;6 disk *.metrics.diskMetric;7 cpuMetric .metrics.appCpuMetric;8 metricItems *.metrics.MetricItem;9 runtimeStorageOverheadMB uint64;10 appRunTimeStorageMB uint64;11 systemServicesMemoryMB .metrics.memoryMetric;12 log .metrics.logMetric;13 cipher *.metrics.CipherMetric;14 acl .metrics.AclMetric;15 newlog .metrics.newlogMetric;16 zedbox .metrics.zedboxStats;17 deviceMemory .metrics.DeviceMemoryMetric;18 last_received_config .google.protobuf.Timestamp;19 last_processed_config .google.protobuf.Timestamp;20 cellular *.metrics.CellularMetric;21 flowlog .metrics.FlowlogMetric;22 dormant_time_in_seconds uint64;23 storage_metrics *.metrics.StorageMetric;30 pnac_metrics *.metrics.PNACMetrics;31 bond_metrics *.metrics.BondMetrics',
    'metrics.AclMetric': '1 total_rule_count uint64',
    'metrics.appContainerMetric': '1 appContainerName string;2 status string;3 PIDs uint32;4 cpu .metrics.appCpuMetric;5 memory .metrics.memoryMetric;6 network .metrics.networkMetric;7 disk .metrics.diskMetric;8 appContainerMemory .metrics.AppMemoryMetric',
    'metrics.MetricItem': '1 key string;2 type =metrics.MetricItemType;3 boolValue bool|metricItemValue;4 uint32Value uint32|metricItemValue;5 uint64Value uint64|metricItemValue;6 floatValue float|metricItemValue;7 stringValue string|metricItemValue',
    'metrics.diskMetric': '1 disk string;2 mountPath string;3 readBytes uint64;4 writeBytes uint64;5 readCount uint64;6 writeCount uint64;7 total uint64;8 used uint64;9 free uint64',
    'metrics.appDiskMetric': '1 disk string;2 provisioned uint64;3 used uint64;4 diskType string;5 dirty bool',
    'metrics.appMetric': '1 AppID string;2 AppName string;3 cpu .metrics.appCpuMetric;4 memory .metrics.memoryMetric;5 network *.metrics.networkMetric;6 disk *.metrics.appDiskMetric;7 container *.metrics.appContainerMetric;8 appMemory .metrics.AppMemoryMetric;9 patch_envelope *.metrics.AppPatchEnvelopeMetric;10 appVersion string',
    'metrics.AppPatchEnvelopeMetric': '1 uuid string;2 version string;3 patch_api_call_count uint64;4 download_count uint64',
    'metrics.logMetric': '1 numDeviceEventsSent uint64;2 numDeviceBundlesSent uint64;3 numAppEventsSent uint64;4 numAppBundlesSent uint64;5 num4xxResponses uint64;6 lastDeviceBundleSendTime .google.protobuf.Timestamp;7 lastAppBundleSendTime .google.protobuf.Timestamp;8 isLogProcessingDeferred bool;9 numTimesDeferred uint64;10 lastLogDeferTime .google.protobuf.Timestamp;13 totalDeviceLogInput uint64;14 totalAppLogInput uint64;15 numDeviceEventErrors uint64;16 numAppEventErrors uint64;17 numDeviceBundleProtoBytesSent uint64;18 numAppBundleProtoBytesSent uint64;19 input_sources map<string,uint64>',
    'metrics.PktStat': '1 Packets uint64;2 Bytes uint64',
    'metrics.ZMetricConn': '1 InPkts .metrics.PktStat;2 OutPkts .metrics.PktStat;3 ErrPkts .metrics.PktStat;4 CarierErrPkts .metrics.PktStat',
    'metrics.ZMetricVpn': '1 ConnStat .metrics.ZMetricConn;2 IkeStat .metrics.ZMetricConn;3 NatTStat .metrics.ZMetricConn;4 EspStat .metrics.ZMetricConn',
    'metrics.ZMetricNone': '',
    'metrics.ZMetricFlowLink': '1 subNet string|Link;3 spiId string',
    'metrics.ZMetricFlowEndPoint': '1 ipAddr string|Endpoint;5 link *.metrics.ZMetricFlowLink;10 stats .metrics.PktStat',
    'metrics.ZMetricFlow': '1 id string;2 name string;3 type uint32;5 estTime uint64;10 lEndPoint .metrics.ZMetricFlowEndPoint;11 rEndPoint *.metrics.ZMetricFlowEndPoint',
    'metrics.NetworkStats': '1 totalPackets uint64;2 errors uint64;3 drops uint64;4 totalBytes uint64',
    'metrics.ZMetricNetworkStats': '1 rx .metrics.NetworkStats;2 tx .metrics.NetworkStats',
    'metrics.ZProbeNIMetrics': '1 currentIntf string;2 remoteEndpoint string;3 pingIntv uint32;4 remotePingIntv uint32;5 uplinkCnt uint32;10 intfMetric *.metrics.ZProbeNIMetrics.ZProbeIntfMetric;20 dst_network string;21 current_port string',
    'metrics.ZProbeNIMetrics.ZProbeIntfMetric': '11 intfName string;12 gatewayNexhtop string;13 gatewayUP bool;14 remoteHostUP bool;15 nexthopUpCount uint32;16 nexthopDownCount uint32;17 remoteUpCount uint32;18 remoteDownCount uint32;19 remoteProbeLatency uint32',
    'metrics.ZMetricNetworkInstance': '2 networkID string;3 networkVersion string;5 instType uint32;6 displayname string;7 activated bool;10 network *.metrics.networkMetric;12 probeMetric .metrics.ZProbeNIMetrics;13 probe_metrics *.metrics.ZProbeNIMetrics;20 vpnm .metrics.ZMetricVpn|InstanceContent;22 nonem .metrics.ZMetricNone|InstanceContent;30 flowStats *.metrics.ZMetricFlow;40 networkStats .metrics.ZMetricNetworkStats;41 vlan_info .metrics.vlanInfo',
    'metrics.ZMetricVolume': '1 uuid string;2 displayName string;3 readBytes uint64;4 writeBytes uint64;5 readCount uint64;6 writeCount uint64;7 totalBytes uint64;8 usedBytes uint64;9 freeBytes uint64',
    'metrics.ZMetricProcess': '1 pid int32;2 name string;3 user_process bool;4 watched bool;5 num_fds int32;6 num_threads int32;7 user_time double;8 system_time double;9 cpu_percent double;10 create_time .google.protobuf.Timestamp;11 vm_bytes uint64;12 rss_bytes uint64;13 memory_percent float;14 stack string',
    'metrics.ZMetricMsg': '1 devID string;3 atTimeStamp .google.protobuf.Timestamp;4 dm .metrics.deviceMetric|MetricContent;5 am *.metrics.appMetric;7 nm *.metrics.ZMetricNetworkInstance;8 vm *.metrics.ZMetricVolume;9 pr *.metrics.ZMetricProcess;10 cm .metrics.KubeClusterMetrics;11 nest_metric *.metrics.NestedAppRuntimeDiskMetric',
    'metrics.newlogMetric': '1 failedToSend bool;2 failSentStartTime .google.protobuf.Timestamp;3 totalBytesUpload uint64;4 num4xxResponses uint32;5 currentUploadIntv uint32;6 logfileTimeout uint32;7 maxGzipFileSize uint32;8 avgGzipFileSize uint32;9 mimUploadMsec uint32;10 maxUploadMsec uint32;11 avgUploadMsec uint32;12 lastUploadMsec uint32;13 currentCPULoadPct float;14 averageCPULoadPct float;15 currentProcessDelay uint32;16 averageProcessDelay uint32;17 deviceMetrics .metrics.logfileMetrics;18 appMetrics .metrics.logfileMetrics;19 top10_input_sources map<string,uint32>;20 gzipFilesRemoved uint32;21 tooManyRequest uint32;22 skipUploadAppFile uint32;23 total_size_logs uint64;24 oldest_saved_device_log .google.protobuf.Timestamp',
    'metrics.logfileMetrics': '1 numGzipFileSent uint64;2 numGzipBytesWrite uint64;3 numBytesWrite uint64;4 numGzipFileInDir uint32;5 numInputEvent uint64;6 numGzipFileRetry uint64;7 numGzipFileKeptLocal uint32;8 recentGzipFileTime .google.protobuf.Timestamp;9 lastGzipFileSendTime .google.protobuf.Timestamp',
    'metrics.zedboxStats': '1 numGoRoutines uint32',
    'metrics.vlanInfo': '1 num_trunk_ports uint32;2 vlan_counts map<uint32,uint32>',
    'metrics.FlowlogMetric': '1 messages .metrics.FlowlogCounters;2 flows .metrics.FlowlogCounters;3 dns_requests .metrics.FlowlogCounters',
    'metrics.FlowlogCounters': '1 success uint64;2 drops uint64;3 failed_attempts uint64',
    'metrics.KubeNodeMetrics': '1 name string;2 cpu_cores uint32;3 cpu_usage float;4 memory_usage uint32;5 memory_usage_percentage float',
    'metrics.KubeAppMetrics': '1 name string;2 cpu_cores uint32;3 memory_usage uint32',
    'metrics.KubeClusterMetrics': '1 cluster_id string;2 nodes *.metrics.KubeNodeMetrics;3 eve_pod_apps *.metrics.KubeAppMetrics;4 eve_vmi_apps *.metrics.KubeAppMetrics',
    'metrics.PNACMetrics': '1 logicallabel string;2 eapol_frames_rx uint64;3 eapol_frames_tx uint64;4 eapol_start_frames_tx uint64;5 eapol_logoff_frames_tx uint64;6 eapol_resp_frames_tx uint64;7 eapol_req_id_frames_rx uint64;8 eapol_req_frames_rx uint64;9 invalid_eapol_frames_rx uint64;10 eap_length_error_frames_rx uint64',
    'metrics.BondMetrics': '1 logicallabel string;2 members *.metrics.BondMemberMetrics',
    'metrics.BondMemberMetrics': '1 logicallabel string;2 link_failure_count uint64;3 lacp .metrics.BondMemberLACPMetrics',
    'metrics.BondMemberLACPMetrics': '1 actor_churned_count uint64;2 partner_churned_count uint64',
    'metrics.FsUsedMetric': '1 used_mb double;2 allocated_mb double',
    'metrics.NestedAppRuntimeDiskMetric': '1 uuid string;2 total_mb double;3 used_mb double;4 allocated_mb double;5 dependent_space_mb map<string,.metrics.FsUsedMetric>',
    'nestedappinstancemetrics.NestedAppStatus': '1 app_id string;2 app_name string;3 disable_logs bool',
    'nestedappinstancemetrics.NestedAppInventory': '1 apps *.nestedappinstancemetrics.NestedAppStatus',
    'nestedappinstancemetrics.NestedAppInstanceLogMsg': '1 nested_app_id string;2 container_name string;3 msg string',
    'nestedappinstancemetrics.NestedAppMetrics': '1 id string;2 status string;3 Pids uint32;4 uptime int64;5 CPUTotal uint64;6 SystemCPUTotal uint64;7 UsedMem uint32;8 AllocatedMem uint32;9 TxBytes uint64;10 RxBytes uint64;11 ReadBytes uint64;12 WriteBytes uint64;13 child_container_metrics *.nestedappinstancemetrics.NestedAppMetrics',
    'profile.LocalProfile': '1 local_profile string;2 server_token string',
    'profile.RadioStatus': '1 radio_silence bool;2 config_error string;3 cellular_status *.profile.CellularStatus;4 cellular_metrics *.metrics.CellularMetric',
    'profile.CellularStatus': '1 logicallabel string;2 module .info.ZCellularModuleInfo;3 sim_cards *.info.ZSimcardInfo;4 providers *.info.ZCellularProvider;10 config_error string;11 probe_error string',
    'profile.RadioConfig': '1 server_token string;2 radio_silence bool',
    'profile.LocalAppInfoList': '1 apps_info *.profile.LocalAppInfo',
    'profile.LocalAppInfo': '1 id string;2 version string;3 name string;4 err .info.ErrorInfo;5 state =info.ZSwState;6 last_cmd_timestamp uint64',
    'profile.LocalAppCmdList': '1 server_token string;2 app_commands *.profile.AppCommand',
    'profile.AppCommand': '1 id string;2 displayname string;3 timestamp uint64;4 command =profile.AppCommand.Command',
    'profile.LocalDevInfo': '1 device_uuid string;2 state =info.ZDeviceState;3 maintenance_mode_reasons *=info.MaintenanceModeReason;4 boot_time .google.protobuf.Timestamp;5 last_boot_reason =info.BootReason;10 last_cmd_timestamp uint64',
    'profile.LocalDevCmd': '1 server_token string;2 timestamp uint64;3 command =profile.LocalDevCmd.Command',
    'profile.AppBootConfig': '1 id string;2 displayname string;3 usb_boot =common.BootOrder',
    'profile.AppBootConfigList': '1 server_token string;2 app_configs *.profile.AppBootConfig',
    'profile.AppBootInfo': '1 id string;2 displayname string;3 boot_order =common.BootOrder;4 source =profile.BootOrderSource',
    'profile.AppBootInfoList': '1 apps_boot_info *.profile.AppBootInfo',
    'profile.NetworkInfo': '1 latest_config *.profile.NetworkPortConfig;2 config_testing .profile.NetworkConfigTestingStatus;3 is_using_fallback_config bool;4 fallback_config *.profile.NetworkPortConfig;5 local_config .profile.LocalNetworkConfigInfo;6 port_status *.profile.NetworkPortStatus',
    'profile.NetworkConfigTestingStatus': '1 controller_reachable bool;2 connectivity_error string;3 last_test_time .google.protobuf.Timestamp;4 testing_in_progress bool;5 testing_phase string',
    'profile.NetworkPortStatus': '1 logical_label string;2 interface_name string;3 link_up bool;4 mac_address string;5 ip_addresses *string;6 gateways *string;7 dns_servers *string;8 dns_domain string;9 ntp_servers *string;10 mtu uint32',
    'profile.LocalNetworkConfigInfo': '1 ports *.profile.NetworkPortConfig;2 error_message string',
    'profile.LocalNetworkConfig': '1 server_token string;2 ports *.profile.NetworkPortConfig',
    'profile.NetworkPortAddresses': '1 interface_name string;2 pci_address string;3 usb_address string',
    'profile.NetworkPortConfig': '1 logical_label string;2 port_addresses .profile.NetworkPortAddresses;3 config_applied bool;4 ip_version =profile.IPVersion;5 use_dhcp bool;6 dhcp_options_ignore .common.DhcpOptionsIgnore;7 ip_addresses *string;8 gateways *string;9 without_default_route bool;10 dns_servers *string;11 dns_domain string;12 ntp_servers *string;13 mtu uint32;14 proxy_config .common.ProxyConfig;15 wireless_device_type =profile.WirelessType;16 cellular_config .profile.CellularConfig|wireless_config;17 wifi_config .profile.WifiConfig|wireless_config;18 config_source .common.PortConfigSource;19 error_message string;20 local_modifications_allowed bool',
    'profile.CellularConfig': '1 apn string;2 attach_apn string;3 ip_type =common.CellularIPType;4 attach_ip_type =common.CellularIPType;5 activate_sim_slot uint32;6 forbid_roaming bool;7 default_bearer_auth .profile.CellularNetworkAuth;8 attach_bearer_auth .profile.CellularNetworkAuth;9 probe .profile.CellularConnectivityProbe;10 location_tracking bool',
    'profile.CellularNetworkAuth': '1 auth_protocol =common.CellularAuthProtocol;2 username string;3 password string',
    'profile.CellularConnectivityProbe': '1 disable bool;3 custom_probe .common.ConnectivityProbe',
    'profile.WifiConfig': '1 ssid string;2 key_scheme =common.WiFiKeyScheme;3 identity string;4 password string',
    'profile.Signal': '1 pending_changes *=profile.ConfigEndpoint',
    'proxy.SCEPProxyRequest': '1 scep_profile_name string;2 operation =proxy.SCEPOperation;3 message bytes;4 http_method =proxy.HTTPMethod;5 http_header_fields *.proxy.HTTPHeaderField',
    'proxy.HTTPHeaderField': '1 name string;2 value string',
    'proxy.SCEPProxyResponse': '1 scep_profile_name string;2 operation =proxy.SCEPOperation;3 message bytes;4 http_status_code uint32;5 http_header_fields *.proxy.HTTPHeaderField;6 error_body bytes',
    'register.ZRegisterMsg': '1 onBoardKey string;2 pemCert bytes;3 serial string;4 softSerial string',
    'google.protobuf.Timestamp': '1 seconds int64;2 nanos int32',
  },
  enums: {
    'attest.ZAttestReqType': '0 ATTEST_REQ_NONE;1 ATTEST_REQ_CERT;2 ATTEST_REQ_NONCE;3 ATTEST_REQ_QUOTE;4 Z_ATTEST_REQ_TYPE_STORE_KEYS',
    'attest.ZAttestRespType': '0 ATTEST_RESP_NONE;1 ATTEST_RESP_CERT;2 ATTEST_RESP_NONCE;3 ATTEST_RESP_QUOTE_RESP;4 Z_ATTEST_RESP_TYPE_STORE_KEYS',
    'attest.TpmHashAlgo': '0 TPM_HASH_ALGO_INVALID;1 TPM_HASH_ALGO_SHA1;2 TPM_HASH_ALGO_SHA256;3 TPM_HASH_ALGO_SHA512',
    'attest.AttestGPSInput': '0 ATTEST_GPS_INPUT_INVALID;1 ATTEST_GPS_INPUT_PRESENT;2 ATTEST_GPS_INPUT_ABSENT',
    'attest.AttestVersionType': '0 ATTEST_VERSION_TYPE_INVALID;1 ATTEST_VERSION_TYPE_EVE;2 ATTEST_VERSION_TYPE_FIRMWARE;3 ATTEST_VERSION_TYPE_EVE_ORIGIN',
    'attest.ZAttestResponseCode': '0 Z_ATTEST_RESPONSE_CODE_INVALID;1 Z_ATTEST_RESPONSE_CODE_SUCCESS;2 Z_ATTEST_RESPONSE_CODE_NONCE_MISMATCH;3 Z_ATTEST_RESPONSE_CODE_NO_CERT_FOUND;4 Z_ATTEST_RESPONSE_CODE_QUOTE_FAILED',
    'attest.AttestVolumeKeyType': '0 ATTEST_VOLUME_KEY_TYPE_INVALID;1 ATTEST_VOLUME_KEY_TYPE_VSK',
    'attest.AttestVolumeKeyVersion': '0 ATTEST_VOLUME_KEY_VERSION_LEGACY;1 ATTEST_VOLUME_KEY_VERSION_V1',
    'attest.AttestStorageKeysResponseCode': '0 ATTEST_STORAGE_KEYS_RESPONSE_CODE_INVALID;1 ATTEST_STORAGE_KEYS_RESPONSE_CODE_SUCCESS;2 ATTEST_STORAGE_KEYS_RESPONSE_CODE_ITOKEN_MISMATCH',
    'certs.ZCertMetaDataType': '0 Z_CERT_META_DATA_TYPE_INVALID;1 Z_CERT_META_DATA_TYPE_TPM2_PUBLIC',
    'certs.ZCertType': '0 CERT_TYPE_CONTROLLER_NONE;1 CERT_TYPE_CONTROLLER_SIGNING;2 CERT_TYPE_CONTROLLER_INTERMEDIATE;3 CERT_TYPE_CONTROLLER_ECDH_EXCHANGE;10 CERT_TYPE_DEVICE_ONBOARDING;11 CERT_TYPE_DEVICE_RESTRICTED_SIGNING;12 CERT_TYPE_DEVICE_ENDORSEMENT_RSA;13 CERT_TYPE_DEVICE_ECDH_EXCHANGE',
    'config.MetaDataType': '0 MetaDataDrive;1 MetaDataNone;2 MetaDataOpenStack;3 MetaDataDriveMultipart',
    'config.SnapshotType': '0 SNAPSHOT_TYPE_UNSPECIFIED;1 SNAPSHOT_TYPE_APP_UPDATE;2 SNAPSHOT_TYPE_IMMEDIATE',
    'config.AffinityType': '0 AFFINITY_TYPE_PREFERRED;1 AFFINITY_TYPE_REQUIRED',
    'config.AppRuntimeType': '0 APP_RUNTIME_TYPE_UNSPECIFIED;1 APP_RUNTIME_TYPE_DOCKER',
    'config.ClusterType': '0 CLUSTER_TYPE_UNSPECIFIED;1 CLUSTER_TYPE_K3S_BASE;2 CLUSTER_TYPE_REPLICATED_STORAGE;3 CLUSTER_TYPE_HA',
    'config.HAScheme': '0 HA_SCHEME_UNSPECIFIED;1 HA_SCHEME_K3S_EMBEDDED',
    'config.ACEDirection': '0 BOTH;1 INGRESS;2 EGRESS',
    'config.EAPMethod': '0 EAP_METHOD_UNSPECIFIED;1 EAP_METHOD_TLS',
    'config.ZNetworkInstType': '0 ZNetInstFirst;1 ZnetInstSwitch;2 ZnetInstLocal;3 ZnetInstCloud;4 ZnetInstMesh;5 ZnetInstHoneyPot;6 ZnetInstTransparent;255 ZNetInstLast',
    'config.AddressType': '0 First;1 IPV4;2 IPV6;3 CryptoIPV4;4 CryptoIPV6;255 Last',
    'config.ZNetworkOpaqueConfigType': '0 ZNetOConfigVPN;1 ZNetOConfigLisp',
    'config.ZcServiceType': '0 zcloudInvalidSrv;1 mapServer;2 supportServer',
    'config.EVE_OPAQUE_OBJECT_CATEGORY': '0 UNKNOWN;1 BASE64;2 BINARYBLOB;3 SECRET',
    'config.EVE_PATCH_ENVELOPE_ACTION': '0 STORE;1 ACTIVATE',
    'config.KeyType': '0 KEY_TYPE_UNSPECIFIED;1 KEY_TYPE_RSA_2048;2 KEY_TYPE_RSA_3072;3 KEY_TYPE_RSA_4096;10 KEY_TYPE_ECDSA_P256;11 KEY_TYPE_ECDSA_P384;12 KEY_TYPE_ECDSA_P521',
    'config.HashAlgorithm': '0 HASH_ALGORITHM_UNSPECIFIED;1 HASH_ALGORITHM_SHA256;2 HASH_ALGORITHM_SHA384;3 HASH_ALGORITHM_SHA512',
    'config.DsType': '0 DsUnknown;1 DsHttp;2 DsHttps;3 DsS3;4 DsSFTP;5 DsContainerRegistry;6 DsAzureBlob;7 DsGoogleStorage',
    'config.Format': '0 FmtUnknown;1 RAW;2 QCOW;3 QCOW2;4 VHD;5 VMDK;6 OVA;7 VHDX;8 CONTAINER;9 ISO;10 PVC',
    'config.Target': '0 TgtUnknown;1 Disk;2 Kernel;3 Initrd;4 RamDisk;5 AppCustom',
    'config.DriveType': '0 Unclassified;1 CDROM;2 HDD;3 NET;4 HDD_EMPTY',
    'config.VolumeAccessProtocols': '0 VAP_NONE;1 VAP_9P',
    'config.VolumeContentOriginType': '0 VCOT_UNKNOWN;1 VCOT_BLANK;2 VCOT_DOWNLOAD',
    'config.DiskConfigType': '0 DISK_CONFIG_TYPE_UNSPECIFIED;1 DISK_CONFIG_TYPE_EVEOS;2 DISK_CONFIG_TYPE_PERSIST;3 DISK_CONFIG_TYPE_ZFS_ONLINE;4 DISK_CONFIG_TYPE_ZFS_OFFLINE;5 DISK_CONFIG_TYPE_APPDIRECT;6 DISK_CONFIG_TYPE_UNUSED',
    'config.DisksArrayType': '0 DISKS_ARRAY_TYPE_UNSPECIFIED;1 DISKS_ARRAY_TYPE_RAID0;2 DISKS_ARRAY_TYPE_RAID1;3 DISKS_ARRAY_TYPE_RAID5;4 DISKS_ARRAY_TYPE_RAID6',
    'config.VmMode': '0 PV;1 HVM;2 Filler;3 FML;4 NOHYPER;5 LEGACY',
    'config.VmBootMode': '0 VM_BOOT_MODE_UNSPECIFIED;1 VM_BOOT_MODE_LEGACY;2 VM_BOOT_MODE_UEFI',
    'common.KeyExchangeScheme': '0 KEA_NONE;1 KEA_ECDH',
    'common.EncryptionScheme': '0 SA_NONE;1 SA_AES_256_CFB',
    'common.EncryptionBlockUser': '0 ENCRYPTION_BLOCK_USER_UNSPECIFIED;1 ENCRYPTION_BLOCK_USER_BINARY_ARTIFACT_METADATA',
    'common.PhyIoType': '0 PhyIoNoop;1 PhyIoNetEth;2 PhyIoUSB;3 PhyIoCOM;4 PhyIoAudio;5 PhyIoNetWLAN;6 PhyIoNetWWAN;7 PhyIoHDMI;9 PhyIoNVMEStorage;10 PhyIoSATAStorage;11 PhyIoNetEthPF;12 PhyIoNetEthVF;13 PhyIoUSBController;14 PhyIoUSBDevice;15 PhyIoCAN;16 PhyIoVCAN;17 PhyIoLCAN;255 PhyIoOther',
    'common.PhyIoMemberUsage': '0 PhyIoUsageNone;1 PhyIoUsageMgmtAndApps;2 PhyIoUsageShared;3 PhyIoUsageDedicated;4 PhyIoUsageDisabled;5 PhyIoUsageMgmtOnly',
    'common.HashAlgorithm': '0 HASH_ALGORITHM_INVALID;1 HASH_ALGORITHM_SHA256_16BYTES;2 HASH_ALGORITHM_SHA256_32BYTES',
    'common.BootOrder': '0 BOOT_ORDER_UNSPECIFIED;1 BOOT_ORDER_USB;2 BOOT_ORDER_NOUSB',
    'common.proxyProto': '0 PROXY_HTTP;1 PROXY_HTTPS;2 PROXY_SOCKS;3 PROXY_FTP;255 PROXY_OTHER',
    'common.DHCPType': '0 DHCPNoop;1 Static;2 DHCPNone;4 Client',
    'common.NetworkType': '0 NETWORKTYPENOOP;4 V4;6 V6;24 CryptoV4;26 CryptoV6;14 CryptoEID;7 V4Only;8 V6Only;9 DualV4V6',
    'common.WirelessType': '0 TypeNOOP;1 WiFi;2 Cellular',
    'common.WiFiKeyScheme': '0 SchemeNOOP;1 WPAPSK;2 WPAEAP',
    'common.ConnectivityProbeMethod': '0 CONNECTIVITY_PROBE_METHOD_UNSPECIFIED;1 CONNECTIVITY_PROBE_METHOD_ICMP;2 CONNECTIVITY_PROBE_METHOD_TCP',
    'common.RadioAccessTechnology': '0 RADIO_ACCESS_TECHNOLOGY_UNSPECIFIED;1 RADIO_ACCESS_TECHNOLOGY_GSM;2 RADIO_ACCESS_TECHNOLOGY_UMTS;3 RADIO_ACCESS_TECHNOLOGY_LTE;4 RADIO_ACCESS_TECHNOLOGY_5GNR',
    'common.CellularIPType': '0 CELLULAR_IP_TYPE_UNSPECIFIED;1 CELLULAR_IP_TYPE_IPV4;2 CELLULAR_IP_TYPE_IPV4_AND_IPV6;3 CELLULAR_IP_TYPE_IPV6',
    'common.BearerType': '0 BEARER_TYPE_UNSPECIFIED;1 BEARER_TYPE_ATTACH;2 BEARER_TYPE_DEFAULT;3 BEARER_TYPE_DEDICATED',
    'common.CellularAuthProtocol': '0 CELLULAR_AUTH_PROTOCOL_NONE;1 CELLULAR_AUTH_PROTOCOL_PAP;2 CELLULAR_AUTH_PROTOCOL_CHAP;3 CELLULAR_AUTH_PROTOCOL_PAP_AND_CHAP',
    'common.BondMode': '0 BOND_MODE_UNSPECIFIED;1 BOND_MODE_BALANCE_RR;2 BOND_MODE_ACTIVE_BACKUP;3 BOND_MODE_BALANCE_XOR;4 BOND_MODE_BROADCAST;5 BOND_MODE_802_3AD;6 BOND_MODE_BALANCE_TLB;7 BOND_MODE_BALANCE_ALB',
    'common.LacpRate': '0 LACP_RATE_UNSPECIFIED;1 LACP_RATE_SLOW;2 LACP_RATE_FAST',
    'common.NetworkConfigOrigin': '0 NETWORK_CONFIG_ORIGIN_UNSPECIFIED;1 NETWORK_CONFIG_ORIGIN_CONTROLLER;2 NETWORK_CONFIG_ORIGIN_BOOTSTRAP;3 NETWORK_CONFIG_ORIGIN_OVERRIDE;4 NETWORK_CONFIG_ORIGIN_LASTRESORT;5 NETWORK_CONFIG_ORIGIN_TUI;6 NETWORK_CONFIG_ORIGIN_LOC;7 NETWORK_CONFIG_ORIGIN_LPS',
    'flowlog.ACLAction': '0 ActionUnknown;1 ActionDrop;2 ActionAccept',
    'info.BondLACPChurnState': '0 BOND_LACP_CHURN_STATE_UNSPECIFIED;1 BOND_LACP_CHURN_STATE_NONE;2 BOND_LACP_CHURN_STATE_MONITORING;3 BOND_LACP_CHURN_STATE_CHURNED',
    'info.CertStatus': '0 CERT_STATUS_UNSPECIFIED;1 CERT_STATUS_AVAILABLE;2 CERT_STATUS_PENDING;3 CERT_STATUS_RENEWAL_PENDING;4 CERT_STATUS_EXPIRED;5 CERT_STATUS_REVOKED;6 CERT_STATUS_ENROLLMENT_FAILED;7 CERT_STATUS_RENEWAL_FAILED;8 CERT_STATUS_INVALID_CONFIG',
    'info.Severity': '0 SEVERITY_UNSPECIFIED;1 SEVERITY_NOTICE;2 SEVERITY_WARNING;3 SEVERITY_ERROR',
    'info.Entity': '0 ENTITY_UNSPECIFIED;1 ENTITY_BASE_OS;2 ENTITY_SYSTEM_ADAPTER;3 ENTITY_VAULT;4 ENTITY_ATTESTATION;5 ENTITY_APP_INSTANCE;6 ENTITY_PORT;7 ENTITY_NETWORK;8 ENTITY_NETWORK_INSTANCE;9 ENTITY_CONTENT_TREE;10 ENTITY_CONTENT_BLOB;11 ENTITY_VOLUME',
    'info.KubeNodeConditionType': '0 KUBE_NODE_CONDITION_TYPE_UNSPECIFIED;1 KUBE_NODE_CONDITION_TYPE_READY;2 KUBE_NODE_CONDITION_TYPE_MEMORY_PRESSURE;3 KUBE_NODE_CONDITION_TYPE_DISK_PRESSURE;4 KUBE_NODE_CONDITION_TYPE_PID_PRESSURE;5 KUBE_NODE_CONDITION_TYPE_NETWORK_UNAVAIL',
    'info.NodeAdmission': '0 NODE_ADMISSION_UNSPECIFIED;1 NODE_ADMISSION_NOT_CLUSTERED;2 NODE_ADMISSION_LEAVING;3 NODE_ADMISSION_JOINING;4 NODE_ADMISSION_JOINED',
    'info.StorageHealthStatus': '0 STORAGE_HEALTH_STATUS_UNSPECIFIED;1 STORAGE_HEALTH_STATUS_HEALTHY;2 STORAGE_HEALTH_STATUS_DEGRADED_2_REPLICA_AVAILABLE_REPLICATING;3 STORAGE_HEALTH_STATUS_DEGRADED_2_REPLICA_AVAILABLE_NOT_REPLICATING;4 STORAGE_HEALTH_STATUS_DEGRADED_1_REPLICA_AVAILABLE_REPLICATING;5 STORAGE_HEALTH_STATUS_DEGRADED_1_REPLICA_AVAILABLE_NOT_REPLICATING;6 STORAGE_HEALTH_STATUS_FAILED',
    'info.StorageVolumeState': '0 STORAGE_VOLUME_STATE_UNSPECIFIED;1 STORAGE_VOLUME_STATE_CREATING;2 STORAGE_VOLUME_STATE_ATTACHED;3 STORAGE_VOLUME_STATE_DETACHED;4 STORAGE_VOLUME_STATE_ATTACHING;5 STORAGE_VOLUME_STATE_DETACHING;6 STORAGE_VOLUME_STATE_DELETING',
    'info.StorageVolumeRobustness': '0 STORAGE_VOLUME_ROBUSTNESS_UNSPECIFIED;1 STORAGE_VOLUME_ROBUSTNESS_HEALTHY;2 STORAGE_VOLUME_ROBUSTNESS_DEGRADED;3 STORAGE_VOLUME_ROBUSTNESS_FAULTED',
    'info.StorageVolumePVCStatus': '0 STORAGE_VOLUME_PVC_STATUS_UNSPECIFIED;1 STORAGE_VOLUME_PVC_STATUS_BOUND;2 STORAGE_VOLUME_PVC_STATUS_PENDING;3 STORAGE_VOLUME_PVC_STATUS_AVAILABLE;4 STORAGE_VOLUME_PVC_STATUS_RELEASED;5 STORAGE_VOLUME_PVC_STATUS_FAILED',
    'info.StorageVolumeReplicaStatus': '0 STORAGE_VOLUME_REPLICA_STATUS_UNSPECIFIED;1 STORAGE_VOLUME_REPLICA_STATUS_REBUILDING;2 STORAGE_VOLUME_REPLICA_STATUS_ONLINE;3 STORAGE_VOLUME_REPLICA_STATUS_FAILED;4 STORAGE_VOLUME_REPLICA_STATUS_OFFLINE;5 STORAGE_VOLUME_REPLICA_STATUS_STARTING;6 STORAGE_VOLUME_REPLICA_STATUS_STOPPING',
    'info.KubePodStatus': '0 KUBE_POD_STATUS_UNSPECIFIED;1 KUBE_POD_STATUS_PENDING;2 KUBE_POD_STATUS_RUNNING;3 KUBE_POD_STATUS_SUCCEEDED;4 KUBE_POD_STATUS_CONTAINER_CREATING;5 KUBE_POD_STATUS_CRASHLOOP_BACKOFF;6 KUBE_POD_STATUS_ERROR;7 KUBE_POD_STATUS_EVICTED;8 KUBE_POD_STATUS_FAILED',
    'info.ServiceStatus': '0 SERVICE_STATUS_UNSPECIFIED;1 SERVICE_STATUS_FAILED;2 SERVICE_STATUS_DEGRADED;3 SERVICE_STATUS_HEALTHY',
    'info.KubeCompUpdateStatus': '0 KUBE_COMP_UPDATE_STATUS_UNSPECIFIED;1 KUBE_COMP_UPDATE_STATUS_DOWNLOAD;2 KUBE_COMP_UPDATE_STATUS_DOWNLOAD_FAILED;3 KUBE_COMP_UPDATE_STATUS_IN_PROGRESS;4 KUBE_COMP_UPDATE_STATUS_FAILED;5 KUBE_COMP_UPDATE_STATUS_COMPLETED',
    'info.KubeComp': '0 KUBE_COMP_UNSPECIFIED;1 KUBE_COMP_CONTAINERD;2 KUBE_COMP_K3S;3 KUBE_COMP_MULTUS;4 KUBE_COMP_KUBEVIRT;5 KUBE_COMP_CDI;6 KUBE_COMP_LONGHORN',
    'info.KubeVMIStatus': '0 KUBE_VMI_STATUS_UNSPECIFIED;1 KUBE_VMI_STATUS_PENDING;2 KUBE_VMI_STATUS_SCHEDULING;3 KUBE_VMI_STATUS_SCHEDULED;4 KUBE_VMI_STATUS_RUNNING;5 KUBE_VMI_STATUS_SUCCEEDED;6 KUBE_VMI_STATUS_FAILED;7 KUBE_VMI_STATUS_UNKNOWN',
    'info.NetworkDeviceType': '0 NETWORK_DEVICE_TYPE_UNKNOWN;1 NETWORK_DEVICE_TYPE_ETHERNET;5 NETWORK_DEVICE_TYPE_WIFI;6 NETWORK_DEVICE_TYPE_WWAN;11 NETWORK_DEVICE_TYPE_ETH_PF;12 NETWORK_DEVICE_TYPE_ETH_VF',
    'info.DepMetricItemType': '0 DepMetricItemOther;1 DepMetricItemGauge;2 DepMetricItemCounter;3 DepMetricItemState',
    'info.ZInfoTypes': '0 ZiNop;1 ZiDevice;3 ZiApp;6 ZiNetworkInstance;7 ZiVolume;8 ZiContentTree;9 ZiBlobList;10 ZiAppInstMetaData;11 ZiHardware;12 ZiEdgeview;13 ZiLocation;14 ZiPatchEnvelope;16 ZiNTPSources;17 ZiKubeCluster;18 ZiKubeClusterUpdateStatus',
    'info.ZSwState': '0 INVALID;1 INITIAL;2 DOWNLOAD_STARTED;3 DOWNLOADED;4 DELIVERED;5 INSTALLED;6 BOOTING;7 RUNNING;8 HALTING;9 HALTED;10 RESTARTING;11 PURGING;12 RESOLVING_TAG;13 RESOLVED_TAG;14 CREATING_VOLUME;15 CREATED_VOLUME;16 VERIFYING;17 VERIFIED;18 LOADING;19 LOADED;20 AWAITNETWORKINSTANCE;21 ERROR;22 START_DELAYED;23 PENDING;24 SCHEDULING',
    'info.HwSecurityModuleStatus': '0 UNKNOWN;1 NOTFOUND;2 DISABLED;3 ENABLED',
    'info.DataSecAtRestStatus': '0 DATASEC_AT_REST_UNKNOWN;1 DATASEC_AT_REST_DISABLED;2 DATASEC_AT_REST_ENABLED;4 DATASEC_AT_REST_ERROR',
    'info.PCRStatus': '0 PCR_UNKNOWN;1 PCR_ENABLED;2 PCR_DISABLED',
    'info.SimType': '0 SIM_TYPE_UNSPECIFIED;1 SIM_TYPE_PHYSICAL;2 SIM_TYPE_ESIM',
    'info.ZCellularOperatingState': '0 Z_CELLULAR_OPERATING_STATE_UNSPECIFIED;1 Z_CELLULAR_OPERATING_STATE_OFFLINE;2 Z_CELLULAR_OPERATING_STATE_RADIO_OFF;3 Z_CELLULAR_OPERATING_STATE_ONLINE;4 Z_CELLULAR_OPERATING_STATE_ONLINE_AND_CONNECTED;5 Z_CELLULAR_OPERATING_STATE_UNRECOGNIZED',
    'info.ZCellularControlProtocol': '0 Z_CELLULAR_CONTROL_PROTOCOL_UNSPECIFIED;1 Z_CELLULAR_CONTROL_PROTOCOL_QMI;2 Z_CELLULAR_CONTROL_PROTOCOL_MBIM',
    'info.ZDeviceState': '0 ZDEVICE_STATE_UNSPECIFIED;1 ZDEVICE_STATE_ONLINE;2 ZDEVICE_STATE_REBOOTING;3 ZDEVICE_STATE_MAINTENANCE_MODE;4 ZDEVICE_STATE_BASEOS_UPDATING;5 ZDEVICE_STATE_BOOTING;6 ZDEVICE_STATE_PREPARING_POWEROFF;7 ZDEVICE_STATE_POWERING_OFF;8 ZDEVICE_STATE_PREPARED_POWEROFF',
    'info.StorageStatus': '0 STORAGE_STATUS_UNSPECIFIED;1 STORAGE_STATUS_ONLINE;2 STORAGE_STATUS_DEGRADED;3 STORAGE_STATUS_FAULTED;4 STORAGE_STATUS_OFFLINE;5 STORAGE_STATUS_UNAVAIL;6 STORAGE_STATUS_REMOVED;7 STORAGE_STATUS_SUSPENDED',
    'info.StorageRaidType': '0 STORAGE_RAID_TYPE_UNSPECIFIED;1 STORAGE_RAID_TYPE_RAID0;2 STORAGE_RAID_TYPE_RAID1;3 STORAGE_RAID_TYPE_RAID5;4 STORAGE_RAID_TYPE_RAID6;5 STORAGE_RAID_TYPE_RAID7;6 STORAGE_RAID_TYPE_NORAID',
    'info.StorageTypeInfo': '0 STORAGE_TYPE_INFO_UNSPECIFIED;1 STORAGE_TYPE_INFO_EXT4;2 STORAGE_TYPE_INFO_ZFS',
    'info.APICapability': '0 API_CAPABILITY_UNSPECIFIED;1 API_CAPABILITY_RETRY_UPDATE;2 API_CAPABILITY_SHUTDOWN;3 API_CAPABILITY_START_DELAY_IN_SECONDS;4 API_CAPABILITY_EDGEVIEW;5 API_CAPABILITY_VOLUME_SNAPSHOTS;6 API_CAPABILITY_NETWORK_INSTANCE_ROUTING;7 API_CAPABILITY_BOOT_MODE;8 API_CAPABILITY_MTU;9 API_CAPABILITY_ADAPTER_USER_LABELS;10 API_CAPABILITY_ENFORCED_NET_INTERFACE_ORDER;11 API_CAPABILITY_NTPS_FQDN;12 API_CAPABILITY_WIN_LIC_PASSTHROUGH;13 API_CAPABILITY_VOLUME_SNAPSHOTS_IMMEDIATE;14 API_CAPABILITY_ENCRYPTED_PATCH_ENVELOPE;15 API_CAPABILITY_SINGLE_STACK_IP_NETWORK;16 API_CAPABILITY_CELLULAR_ATTACH_CONFIG;17 API_CAPABILITY_EDGEVIEW_AUTHENTICATION;18 API_CAPABILITY_DISABLE_VTPM;19 API_CAPABILITY_LOC_REBOOT_COLLECT_INFO;20 API_CAPABILITY_SMART_REPORT;21 API_CAPABILITY_REPORT_TPM_EVENTLOG;22 API_CAPABILITY_APP_INSTANCE_NET_INTERFACE_CHANGE',
    'info.BootReason': '0 BOOT_REASON_UNSPECIFIED;1 BOOT_REASON_FIRST;2 BOOT_REASON_REBOOT_CMD;3 BOOT_REASON_UPDATE;4 BOOT_REASON_FALLBACK;5 BOOT_REASON_DISCONNECT;6 BOOT_REASON_FATAL;7 BOOT_REASON_OOM;8 BOOT_REASON_WATCHDOG_HUNG;9 BOOT_REASON_WATCHDOG_PID;10 BOOT_REASON_KERNEL;11 BOOT_REASON_POWER_FAIL;12 BOOT_REASON_UNKNOWN;13 BOOT_REASON_VAULT_FAILED;14 BOOT_REASON_POWEROFF_CMD;255 BOOT_REASON_PARSE_FAIL',
    'info.MaintenanceModeReason': '0 MAINTENANCE_MODE_REASON_NONE;1 MAINTENANCE_MODE_REASON_USER_REQUESTED;2 MAINTENANCE_MODE_REASON_VAULT_LOCKED_UP;3 MAINTENANCE_MODE_REASON_LOW_DISK_SPACE;4 MAINTENANCE_MODE_REASON_TPM_ENCRYPTION_FAILURE;5 MAINTENANCE_MODE_REASON_TPM_QUOTE_FAILURE;6 MAINTENANCE_MODE_REASON_EDGE_NODE_CERTS_REFUSED',
    'info.AttestationState': '0 ATTESTATION_STATE_UNSPECIFIED;1 ATTESTATION_STATE_NONCE_WAIT;2 ATTESTATION_STATE_TPM_QUOTE_WAIT;3 ATTESTATION_STATE_TPM_ESCROW_WAIT;4 ATTESTATION_STATE_ATTEST_WAIT;5 ATTESTATION_STATE_ATTEST_ESCROW_WAIT;6 ATTESTATION_STATE_RESTART_WAIT;7 ATTESTATION_STATE_COMPLETE',
    'info.AppInstMetaDataType': '0 APP_INST_META_DATA_TYPE_NONE;1 APP_INST_META_DATA_TYPE_KUBE_CONFIG;2 APP_INST_META_DATA_TYPE_CUSTOM_STATUS',
    'info.WirelessType': '0 WIRELESS_TYPE_UNSPECIFIED;1 WIRELESS_TYPE_WIFI;2 WIRELESS_TYPE_CELLULAR',
    'info.BaseOsStatus': '0 NONE;1 DOWNLOADING;2 DOWNLOAD_DONE;3 UPDATING;4 UPDATED;5 FALLBACK;6 FAILED',
    'info.BaseOsSubStatus': '0 NONE_SUBSTATUS;1 DOWNLOAD_INPROGRESS;2 VERIFY_INPROGRESS;3 UPDATE_INITIALIZING;4 UPDATE_REBOOTING;5 UPDATE_TESTING;6 UPDATE_NEED_TEST_CONFIRM;7 UPDATE_DEFERRED',
    'info.SnapshotType': '0 SNAPSHOT_TYPE_UNSPECIFIED;1 SNAPSHOT_TYPE_APP_UPDATE;2 SNAPSHOT_TYPE_IMMEDIATE',
    'info.ZInfoClusterNodeStatus': '0 Z_INFO_CLUSTER_NODE_STATUS_UNSPECIFIED;1 Z_INFO_CLUSTER_NODE_STATUS_READY;2 Z_INFO_CLUSTER_NODE_STATUS_NOTREADY;3 Z_INFO_CLUSTER_NODE_STATUS_DOWN',
    'info.ZInfoVpnState': '0 VPN_INVALID;1 VPN_INITIAL;2 VPN_CONNECTING;3 VPN_ESTABLISHED;4 VPN_INSTALLED;5 VPN_REKEYED;10 VPN_DELETED',
    'info.ZNetworkInstanceState': '0 ZNETINST_STATE_UNSPECIFIED;1 ZNETINST_STATE_INIT;2 ZNETINST_STATE_ONLINE;3 ZNETINST_STATE_ERROR',
    'info.LocReliability': '0 LOC_RELIABILITY_UNSPECIFIED;1 LOC_RELIABILITY_VERY_LOW;2 LOC_RELIABILITY_LOW;3 LOC_RELIABILITY_MEDIUM;4 LOC_RELIABILITY_HIGH',
    'info.NTPSourceState': '0 NTP_SOURCE_STATE_UNSPECIFIED;1 NTP_SOURCE_STATE_SYNC;2 NTP_SOURCE_STATE_UNREACH;3 NTP_SOURCE_STATE_FALSETICKER;4 NTP_SOURCE_STATE_JITTERY;5 NTP_SOURCE_STATE_CANDIDATE;6 NTP_SOURCE_STATE_OUTLIER',
    'info.NTPSourceMode': '0 NTP_SOURCE_MODE_UNSPECIFIED;1 NTP_SOURCE_MODE_CLIENT;2 NTP_SOURCE_MODE_PEER;3 NTP_SOURCE_MODE_REF',
    'info.NTPSourceBitmap': '0 NTP_SOURCE_BITMAP_UNSPECIFIED;1 NTP_SOURCE_BITMAP_PKT_DUP;2 NTP_SOURCE_BITMAP_PKT_BOGUS;4 NTP_SOURCE_BITMAP_PKT_INVALID;8 NTP_SOURCE_BITMAP_PKT_AUTH;16 NTP_SOURCE_BITMAP_PKT_STRATUM;32 NTP_SOURCE_BITMAP_PKT_HEADER;64 NTP_SOURCE_BITMAP_TST_MAX_DELAY;128 NTP_SOURCE_BITMAP_TST_DELAY_RATIO;256 NTP_SOURCE_BITMAP_TST_DELAY_DEV_RATION;512 NTP_SOURCE_BITMAP_TST_SYNC_LOOP',
    'info.EVE_PATCH_ENVELOPE_STATE': '0 PATCH_UNKOWN;1 PATCH_ERROR;2 PATCH_RECEIVED;3 PATCH_DOWNLOADING;4 PATCH_DOWNLOADED;5 PATCH_READY;6 PATCH_ACTIVE',
    'info.SupplicantState': '0 SUPPLICANT_STATE_UNSPECIFIED;1 SUPPLICANT_STATE_DISCONNECTED;2 SUPPLICANT_STATE_CONNECTING;3 SUPPLICANT_STATE_AUTHENTICATING;4 SUPPLICANT_STATE_AUTHENTICATED;5 SUPPLICANT_STATE_FAILED;6 SUPPLICANT_STATE_HELD',
    'metrics.ZmetricTypes': '0 ZmNop;1 ZmDevice;3 ZmApp',
    'metrics.CipherError': '0 CIPHER_ERROR_INVALID;1 CIPHER_ERROR_NOT_READY;2 CIPHER_ERROR_DECRYPT_FAILED;3 CIPHER_ERROR_UNMARSHAL_FAILED;4 CIPHER_ERROR_CLEARTEXT_FALLBACK;5 CIPHER_ERROR_MISSING_FALLBACK;6 CIPHER_ERROR_NO_CIPHER;7 CIPHER_ERROR_NO_DATA',
    'metrics.MetricItemType': '0 MetricItemOther;1 MetricItemGauge;2 MetricItemCounter;3 MetricItemState',
    'profile.AppCommand.Command': '0 COMMAND_UNSPECIFIED;1 COMMAND_RESTART;2 COMMAND_PURGE',
    'profile.LocalDevCmd.Command': '0 COMMAND_UNSPECIFIED;1 COMMAND_SHUTDOWN;2 COMMAND_GRACEFUL_POWEROFF;2 COMMAND_SHUTDOWN_POWEROFF;3 COMMAND_GRACEFUL_REBOOT;4 COMMAND_COLLECT_INFO',
    'profile.BootOrderSource': '0 BOOT_ORDER_SOURCE_UNSPECIFIED;1 BOOT_ORDER_SOURCE_LPS;2 BOOT_ORDER_SOURCE_CONTROLLER;3 BOOT_ORDER_SOURCE_DEVICE_PROPERTY',
    'profile.IPVersion': '0 IP_VERSION_UNSPECIFIED;1 IP_VERSION_DUAL_STACK;2 IP_VERSION_IPV4_ONLY;3 IP_VERSION_IPV6_ONLY',
    'profile.WirelessType': '0 WIRELESS_TYPE_UNSPECIFIED;1 WIRELESS_TYPE_CELLULAR;2 WIRELESS_TYPE_WIFI',
    'profile.ConfigEndpoint': '0 CONFIG_ENDPOINT_UNSPECIFIED;1 CONFIG_ENDPOINT_LOCAL_PROFILE;2 CONFIG_ENDPOINT_RADIO;3 CONFIG_ENDPOINT_APP_INFO;4 CONFIG_ENDPOINT_APP_BOOT_INFO;5 CONFIG_ENDPOINT_DEV_INFO;6 CONFIG_ENDPOINT_NETWORK',
    'proxy.SCEPOperation': '0 SCEP_OPERATION_UNSPECIFIED;1 SCEP_OPERATION_GET_CA_CAPS;2 SCEP_OPERATION_GET_CA_CERT;3 SCEP_OPERATION_GET_NEXT_CA_CERT;4 SCEP_OPERATION_PKI_MESSAGE',
    'proxy.HTTPMethod': '0 HTTP_METHOD_UNSPECIFIED;1 HTTP_METHOD_GET;2 HTTP_METHOD_POST',
  },
};

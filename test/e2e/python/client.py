"""What people do with the Python client of Kubernetes: `informer NAMESPACE`, `dynamic NAMESPACE` or `lead IDENTITY`."""

import json
import sys

from kubernetes import client, config, watch
from kubernetes.dynamic import DynamicClient
from kubernetes.informer import SharedInformer
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock


def informer(namespace):
    """Keeps a cache of the ConfigMaps of a namespace; prints it for every line that it is given."""
    kept = SharedInformer(client.CoreV1Api().list_namespaced_config_map, namespace=namespace)
    kept.start()
    print("started", flush=True)
    for _ in sys.stdin:
        found = {one.metadata.name: (one.data or {}).get("value") for one in kept.cache.list()}
        print(json.dumps(found, sort_keys=True), flush=True)
    kept.stop()


def dynamic(namespace):
    """Finds kinds by discovery; makes, applies, patches, watches and deletes an object of them."""
    dyn = DynamicClient(client.ApiClient())
    devices = dyn.resources.get(api_version="eve.lfedge.org/v1beta1", kind="Device")
    device = {
        "apiVersion": "eve.lfedge.org/v1beta1",
        "kind": "Device",
        "metadata": {"name": "till"},
        "spec": {"serial": "till"},
    }
    made = devices.create(body=device, namespace=namespace)
    print("created", made.metadata.name)
    device["metadata"]["labels"] = {"site": "lab"}
    applied = devices.server_side_apply(
        body=device, name="till", namespace=namespace, field_manager="python", force_conflicts=True
    )
    print("applied", applied.metadata.labels.site)
    patched = devices.patch(
        body={"metadata": {"labels": {"site": "roof"}}},
        name="till",
        namespace=namespace,
        content_type="application/merge-patch+json",
    )
    print("patched", patched.metadata.labels.site)
    for event in devices.watch(namespace=namespace, resource_version=applied.metadata.resourceVersion, timeout=10):
        print("watched", event["type"], event["object"].metadata.labels.site)
        break
    devices.delete(name="till", namespace=namespace)
    print("left", len(devices.get(namespace=namespace).items))
    secret = client.V1Secret(metadata=client.V1ObjectMeta(name="creds"), string_data={"user": "u"})
    core = client.CoreV1Api()
    core.create_namespaced_secret(namespace, secret)
    for event in watch.Watch().stream(core.list_namespaced_secret, namespace, timeout_seconds=10):
        if event["object"].metadata.name == "creds":
            print("typed", event["type"], event["object"].data["user"])
            break
    try:
        core.create_namespaced_secret(namespace, secret)
    except client.ApiException as error:
        print("refused", error.status, json.loads(error.body)["reason"])


def lead(identity):
    """Leads by a Lease as long as it lives."""
    print("stands", identity, flush=True)
    leaderelection.LeaderElection(
        electionconfig.Config(
            LeaseLock("python", "default", identity),
            lease_duration=4,
            renew_deadline=3,
            retry_period=1,
            onstarted_leading=lambda *_: print("leads", identity, flush=True),
            onstopped_leading=None,
        )
    ).run()


config.load_kube_config()
{"informer": informer, "dynamic": dynamic, "lead": lead}[sys.argv[1]](sys.argv[2])

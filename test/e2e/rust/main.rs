//! What people do with `kube`, the client of Kubernetes for Rust: `objects NAMESPACE` or `reflector NAMESPACE`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt, future};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams};
use kube::core::GroupVersionKind;
use kube::runtime::{WatchStreamExt, reflector, watcher};
use kube::{Api, Client, Error, ResourceExt, discovery};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

fn device(site: &str) -> Result<DynamicObject> {
    Ok(serde_json::from_value(json!({
        "apiVersion": "eve.lfedge.org/v1beta1",
        "kind": "Device",
        "metadata": { "name": "till", "labels": { "site": site } },
        "spec": { "serial": "till" },
    }))?)
}

fn site(device: &DynamicObject) -> String {
    device.labels().get("site").cloned().unwrap_or_default()
}

/// Finds a kind by discovery; makes, applies, patches, watches, reports and deletes an object of it; then a Secret.
async fn objects(client: Client, namespace: &str) -> Result<()> {
    let kind = GroupVersionKind::gvk("eve.lfedge.org", "v1beta1", "Device");
    let (resource, _) = discovery::pinned_kind(&client, &kind).await?;
    let devices: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource);
    let made = devices.create(&PostParams::default(), &device("none")?).await?;
    println!("created {}", made.name_any());
    let by_server = PatchParams::apply("rust").force();
    let applied = devices.patch("till", &by_server, &Patch::Apply(device("lab")?)).await?;
    println!("applied {}", site(&applied));
    let roof = json!({ "metadata": { "labels": { "site": "roof" } } });
    let patched = devices.patch("till", &PatchParams::default(), &Patch::Merge(roof)).await?;
    println!("patched {}", site(&patched));
    let since = applied.resource_version().context("no version")?;
    let mut events = devices.watch(&WatchParams::default().timeout(10), &since).await?.boxed();
    while let Some(event) = events.try_next().await? {
        match event {
            WatchEvent::Modified(found) if site(&found) == "roof" => {
                println!("watched {}", site(&found));
                break;
            }
            _ => continue,
        }
    }
    let status = json!({ "status": { "serial": "reported" } });
    let told = devices.patch_status("till", &PatchParams::default(), &Patch::Merge(status)).await?;
    println!("reported {}", told.data["status"]["serial"].as_str().unwrap_or_default());
    devices.delete("till", &DeleteParams::default()).await?;
    println!("left {}", devices.list(&ListParams::default()).await?.items.len());
    let secrets: Api<Secret> = Api::namespaced(client, namespace);
    let secret = Secret {
        metadata: serde_json::from_value(json!({ "name": "creds" }))?,
        string_data: Some(BTreeMap::from([("user".into(), "u".into())])),
        ..Secret::default()
    };
    let kept = secrets.create(&PostParams::default(), &secret).await?;
    let user = kept.data.unwrap_or_default().remove("user").context("no user")?;
    println!("typed {}", String::from_utf8(user.0)?);
    match secrets.create(&PostParams::default(), &secret).await {
        Err(Error::Api(status)) => println!("refused {} {}", status.code, status.reason),
        other => bail!("not refused: {other:?}"),
    }
    Ok(())
}

/// Keeps a cache of the ConfigMaps of a namespace, listed by a watch; prints it for every line that it is given.
async fn keep(client: Client, namespace: &str) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(client, namespace);
    let (kept, writer) = reflector::store();
    let changes = watcher(maps, watcher::Config::default().streaming_lists()).default_backoff().reflect(writer);
    tokio::spawn(changes.for_each(|_| future::ready(())));
    kept.wait_until_ready().await?;
    println!("started");
    let mut asked = BufReader::new(stdin()).lines();
    while asked.next_line().await?.is_some() {
        let found: BTreeMap<String, Value> = kept
            .state()
            .iter()
            .map(|one| (one.name_any(), json!(one.data.as_ref().and_then(|data| data.get("value")))))
            .collect();
        println!("{}", serde_json::to_string(&found)?);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let (verb, namespace) = (args.next().unwrap_or_default(), args.next().context("a namespace")?);
    let client = Client::try_default().await?;
    match verb.as_str() {
        "objects" => objects(client, &namespace).await,
        "reflector" => keep(client, &namespace).await,
        _ => bail!("objects or reflector"),
    }
}

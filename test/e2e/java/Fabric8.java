import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Map;
import java.util.Scanner;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What people do with fabric8's client of Kubernetes: `objects NAMESPACE`, `informer NAMESPACE` or `lead IDENTITY`. */
public final class Fabric8 {
  private final KubernetesClient client = new KubernetesClientBuilder().build();

  /** A device, or any other kind, as what it is to a client that has no class for it. */
  private static GenericKubernetesResource device(Map<String, String> labels) {
    GenericKubernetesResource device = new GenericKubernetesResource();
    device.setApiVersion("eve.lfedge.org/v1beta1");
    device.setKind("Device");
    device.setMetadata(new ObjectMetaBuilder().withName("till").withLabels(labels).build());
    device.setAdditionalProperty("spec", Map.of("serial", "till"));
    return device;
  }

  /** Finds a kind by discovery; makes, applies, edits, reports, watches and deletes an object of it; then a Secret. */
  private void objects(String namespace) throws Exception {
    NonNamespaceOperation<
            GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>> devices =
        client.genericKubernetesResources("eve.lfedge.org/v1beta1", "Device").inNamespace(namespace);
    say("created", devices.resource(device(Map.of())).create().getMetadata().getName());
    PatchContext context =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("fabric8")
            .withForce(true)
            .build();
    GenericKubernetesResource applied =
        devices.withName("till").patch(context, device(Map.of("site", "lab")));
    say("applied", applied.getMetadata().getLabels().get("site"));
    CompletableFuture<String> seen = new CompletableFuture<>();
    try (AutoCloseable watch =
        devices.withResourceVersion(applied.getMetadata().getResourceVersion()).watch(untilRoof(seen))) {
      devices
          .withName("till")
          .edit(
              found -> {
                found.getMetadata().setLabels(Map.of("site", "roof"));
                return found;
              });
      say("watched", seen.get(10, TimeUnit.SECONDS));
    }
    devices
        .withName("till")
        .editStatus(
            found -> {
              found.<Map<String, Object>>get("status").put("serial", "reported");
              return found;
            });
    say("reported", devices.withName("till").get().<String>get("status", "serial"));
    devices.withName("till").delete();
    devices.withName("till").waitUntilCondition(found -> found == null, 10, TimeUnit.SECONDS);
    say("left", devices.list().getItems().size());
    Secret secret =
        new SecretBuilder().withNewMetadata().withName("creds").endMetadata().addToStringData("user", "u").build();
    Resource<Secret> creds = client.secrets().inNamespace(namespace).resource(secret);
    say("typed", creds.create().getData().get("user"));
    try {
      creds.create();
    } catch (KubernetesClientException error) {
      say("refused", error.getCode(), error.getStatus().getReason());
    }
  }

  /** Others change the device meanwhile. */
  private static Watcher<GenericKubernetesResource> untilRoof(CompletableFuture<String> seen) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, GenericKubernetesResource found) {
        String site = found.getMetadata().getLabels().get("site");
        if ("roof".equals(site)) seen.complete(action + " " + site);
      }

      @Override
      public void onClose(WatcherException cause) {
        seen.completeExceptionally(cause);
      }
    };
  }

  /** Keeps a cache of the ConfigMaps of a namespace; prints it for every line that it is given. */
  private void informer(String namespace) {
    try (SharedIndexInformer<ConfigMap> kept = client.configMaps().inNamespace(namespace).inform()) {
      say("started");
      Scanner asked = new Scanner(System.in);
      while (asked.hasNextLine()) {
        asked.nextLine();
        Map<String, String> found = new TreeMap<>();
        for (ConfigMap one : kept.getStore().list())
          found.put(one.getMetadata().getName(), one.getData().get("value"));
        say(found);
      }
    }
  }

  /** Leads by a Lease as long as it lives. */
  private void lead(String identity) {
    client
        .leaderElector()
        .withConfig(
            new LeaderElectionConfigBuilder()
                .withName("fabric8")
                .withLeaseDuration(Duration.ofSeconds(4))
                .withRenewDeadline(Duration.ofSeconds(3))
                .withRetryPeriod(Duration.ofSeconds(1))
                .withLock(new LeaseLock("default", "fabric8", identity))
                .withLeaderCallbacks(
                    new LeaderCallbacks(() -> say("leads", identity), () -> {}, leader -> {}))
                .build())
        .build()
        .run();
  }

  private static void say(Object... words) {
    StringBuilder line = new StringBuilder();
    for (Object word : words) line.append(line.isEmpty() ? "" : " ").append(word);
    System.out.println(line);
    System.out.flush();
  }

  public static void main(String[] args) throws Exception {
    Fabric8 fabric8 = new Fabric8();
    switch (args[0]) {
      case "objects" -> fabric8.objects(args[1]);
      case "informer" -> fabric8.informer(args[1]);
      case "lead" -> fabric8.lead(args[1]);
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.exit(0);
  }
}

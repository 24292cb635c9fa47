import com.google.gson.JsonParser;
import io.kubernetes.client.Discovery;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1SecretList;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.Watchable;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import io.kubernetes.client.util.generic.KubernetesApiResponse;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesObject;
import io.kubernetes.client.util.generic.options.ListOptions;
import io.kubernetes.client.util.generic.options.PatchOptions;
import java.io.FileReader;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.TreeMap;

/** What people do with the Java client of the Kubernetes project: `objects NAMESPACE` or `informer NAMESPACE`. */
public final class Official {
  private static final String GROUP = "eve.lfedge.org";
  private final ApiClient client;

  private Official() throws Exception {
    try (FileReader config = new FileReader(System.getenv("KUBECONFIG"))) {
      client = ClientBuilder.kubeconfig(KubeConfig.loadKubeConfig(config)).build();
    }
    // Watches end when the server ends them.
    client.setReadTimeout(0);
  }

  /** Written out: an object made of V1ObjectMeta says that its managedFields are empty, and no server applies that. */
  private static DynamicKubernetesObject device(String namespace, String site) {
    return new DynamicKubernetesObject(
        JsonParser.parseString(
                """
                {"apiVersion": "eve.lfedge.org/v1beta1", "kind": "Device",
                 "metadata": {"name": "till", "namespace": "%s", "labels": {"site": "%s"}},
                 "spec": {"serial": "till"}}
                """
                    .formatted(namespace, site))
            .getAsJsonObject());
  }

  /** Finds a kind by discovery; makes, applies, patches, watches and deletes an object of it; then a Secret. */
  private void objects(String namespace) throws Exception {
    Discovery.APIResource kind =
        new Discovery(client)
            .findAll().stream()
                .filter(one -> one.getGroup().equals(GROUP) && one.getKind().equals("Device"))
                .findFirst()
                .orElseThrow();
    DynamicKubernetesApi devices =
        new DynamicKubernetesApi(kind.getGroup(), kind.getPreferredVersion(), kind.getResourcePlural(), client);
    DynamicKubernetesObject made = devices.create(device(namespace, "none")).throwsApiException().getObject();
    say("created", made.getMetadata().getName());
    PatchOptions byServer = new PatchOptions();
    byServer.setFieldManager("java");
    byServer.setForce(true);
    DynamicKubernetesObject applied =
        devices
            .patch(
                namespace,
                "till",
                V1Patch.PATCH_FORMAT_APPLY_YAML,
                new V1Patch(device(namespace, "lab").getRaw().toString()),
                byServer)
            .throwsApiException()
            .getObject();
    say("applied", applied.getMetadata().getLabels().get("site"));
    DynamicKubernetesObject patched =
        devices
            .patch(
                namespace,
                "till",
                V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH,
                new V1Patch("{\"metadata\":{\"labels\":{\"site\":\"roof\"}}}"))
            .throwsApiException()
            .getObject();
    say("patched", patched.getMetadata().getLabels().get("site"));
    ListOptions since = new ListOptions();
    since.setResourceVersion(applied.getMetadata().getResourceVersion());
    try (Watchable<DynamicKubernetesObject> watch = devices.watch(namespace, since)) {
      for (Watch.Response<DynamicKubernetesObject> event : watch) {
        String site = event.object.getMetadata().getLabels().get("site");
        // Others change the device meanwhile.
        if (!"roof".equals(site)) continue;
        say("watched", event.type, site);
        break;
      }
    }
    devices.delete(namespace, "till").throwsApiException();
    say("left", devices.list(namespace).throwsApiException().getObject().getItems().size());
    GenericKubernetesApi<V1Secret, V1SecretList> secrets =
        new GenericKubernetesApi<>(V1Secret.class, V1SecretList.class, "", "v1", "secrets", client);
    V1Secret secret =
        new V1Secret()
            .apiVersion("v1")
            .kind("Secret")
            .metadata(new V1ObjectMeta().name("creds").namespace(namespace))
            .stringData(Map.of("user", "u"));
    say("typed", new String(secrets.create(secret).throwsApiException().getObject().getData().get("user")));
    KubernetesApiResponse<V1Secret> refused = secrets.create(secret);
    say("refused", refused.getHttpStatusCode(), refused.getStatus().getReason());
  }

  /** Keeps a cache of the ConfigMaps of a namespace; prints it for every line that it is given. */
  private void informer(String namespace) {
    GenericKubernetesApi<V1ConfigMap, V1ConfigMapList> maps =
        new GenericKubernetesApi<>(V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", client);
    SharedInformerFactory factory = new SharedInformerFactory(client);
    SharedIndexInformer<V1ConfigMap> kept =
        factory.sharedIndexInformerFor(maps, V1ConfigMap.class, 0, namespace);
    factory.startAllRegisteredInformers();
    say("started");
    Scanner asked = new Scanner(System.in);
    while (asked.hasNextLine()) {
      asked.nextLine();
      Map<String, String> found = new TreeMap<>();
      for (V1ConfigMap one : List.copyOf(kept.getIndexer().list()))
        found.put(one.getMetadata().getName(), one.getData() == null ? null : one.getData().get("value"));
      say(found);
    }
  }

  private static void say(Object... words) {
    StringBuilder line = new StringBuilder();
    for (Object word : words) line.append(line.isEmpty() ? "" : " ").append(word);
    System.out.println(line);
    System.out.flush();
  }

  public static void main(String[] args) throws Exception {
    Official official = new Official();
    switch (args[0]) {
      case "objects" -> official.objects(args[1]);
      case "informer" -> official.informer(args[1]);
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.exit(0);
  }
}

import hyperfleet.ApiClient;
import hyperfleet.ApiException;
import hyperfleet.api.ClusterStatusesApi;
import hyperfleet.api.ClustersApi;
import hyperfleet.api.NodePoolsApi;
import hyperfleet.model.AdapterStatusCreateRequest;
import hyperfleet.model.ClusterCreateRequest;
import hyperfleet.model.ClusterPatchRequest;
import hyperfleet.model.ConditionRequest;
import hyperfleet.model.NodePoolCreateRequest;
import hyperfleet.model.ProblemDetails;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The walk of ../README.md with a client of openapi-generator java, of the library native. */
public class Main {
  static final String NAME = "java-openapi-generator";

  interface Request<Answer> {
    Answer send() throws ApiException;
  }

  public static void main(String[] arguments) throws Exception {
    var clusters = new ClustersApi(connect());
    var statuses = new ClusterStatusesApi(connect());

    var listed = clusters.getClusters(null, null, null, null, null, "name = 'given'", null, null);
    expect("clusters called given", listed.getTotal(), 1L);
    var given = listed.getItems().get(0);

    var created = clusters.postClusterWithHttpInfo(new ClusterCreateRequest()
        .kind(ClusterCreateRequest.KindEnum.CLUSTER).name(NAME).labels(Map.of("client", NAME)).spec(given.getSpec()), null);
    expect("status of the create", created.getStatusCode(), 201);
    var id = created.getData().getId();
    var tag = created.getHeaders().get("etag").get(0);

    var pool = new NodePoolsApi(connect()).createNodePool(id, new NodePoolCreateRequest()
        .kind(NodePoolCreateRequest.KindEnum.NODE_POOL).name("workers").spec(Map.of("replicas", 3)), null);
    expect("owner of the node pool", pool.getOwnerReferences().getId(), id);

    var found = clusters.getClusters(null, null, null, null, null, "labels.client = '" + NAME + "'", null, null);
    expect("clusters found", found.getItems().stream().map(cluster -> cluster.getName()).toList(), List.of(NAME));

    var replacing = new HashMap<>(given.getSpec());
    replacing.putAll(Map.of("region", "us-east1", "zone", "a"));
    var replaced = clusters.patchClusterById(id, new ClusterPatchRequest().spec(replacing).generation(1), null);
    expect("generation after a patch", replaced.getGeneration(), 2);

    // The client calls every body application/json, and a header that it is given is sent beside its own.
    var merging = connect();
    merging.setRequestInterceptor(request -> request.setHeader("Content-Type", "application/merge-patch+json"));
    var merge = new HashMap<String, Object>(Map.of("region", "us-west1"));
    merge.put("zone", null);
    var merged = new ClustersApi(merging).patchClusterById(id, new ClusterPatchRequest().spec(merge), null);
    expect("generation after a merge patch", merged.getGeneration(), 3);
    expect("region after a merge patch", merged.getSpec().get("region"), "us-west1");
    expect("whether it has a zone after a merge patch", merged.getSpec().containsKey("zone"), false);

    var stale = problem(() -> clusters.patchClusterById(id, new ClusterPatchRequest().labels(Map.of()), tag));
    expect("status of a stale If-Match", stale.getStatus(), 412);
    expect("code of a stale If-Match", stale.getCode(), "HYPERFLEET-CNF-002");

    var time = given.getStatus().getConditions().get(0).getLastUpdatedTime();
    var report = new AdapterStatusCreateRequest().adapter("validation").observedTime(time);
    report.observedGeneration(3).conditions(conditions("Available", "Applied", "Health"));
    expect("adapter of the stored report", statuses.putClusterStatuses(id, report).getAdapter(), "validation");
    var discarded = statuses.putClusterStatusesWithHttpInfo(id, report.observedGeneration(4));
    expect("status of a discarded report", discarded.getStatusCode(), 204);
    report.observedGeneration(3).conditions(conditions("Available", "Applied"));
    var refused = problem(() -> statuses.putClusterStatuses(id, report));
    expect("status of a refused report", refused.getStatus(), 400);
    expect("violations", refused.getErrors().size(), 1);
    expect("field of the violation", refused.getErrors().get(0).getField(), "conditions");
    expect("constraint of the violation", refused.getErrors().get(0).getConstraint(), "required");

    var missing = problem(() -> clusters.getClusterById("nobody", null, null, null));
    expect("code that the document does not have", missing.getCode(), "HYPERFLEET-NTF-901");

    var deleted = clusters.deleteClusterByIdWithHttpInfo(id, null);
    expect("status of the deletion", deleted.getStatusCode(), 202);
    expect("whether it has a deleted_time", deleted.getData().getDeletedTime() != null, true);
  }

  static ApiClient connect() {
    var client = new ApiClient();
    client.updateBaseUri(System.getenv("HYPERFLEET_API"));
    return client;
  }

  static List<ConditionRequest> conditions(String... types) {
    return Arrays.stream(types)
        .map(type -> new ConditionRequest().type(type).status(ConditionRequest.StatusEnum.TRUE)).toList();
  }

  /** The problem of a request that is refused: the client throws it as text. */
  static ProblemDetails problem(Request<?> request) throws Exception {
    try {
      request.send();
    } catch (ApiException refusal) {
      return new ApiClient().getObjectMapper().readValue(refusal.getResponseBody(), ProblemDetails.class);
    }
    throw new IllegalStateException("it was not refused");
  }

  static void expect(String what, Object got, Object wanted) {
    if (!Objects.equals(got, wanted)) throw new IllegalStateException(what + ": " + got + ", not " + wanted);
  }
}

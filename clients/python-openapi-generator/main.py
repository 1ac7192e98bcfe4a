"""The walk of ../README.md with a client of openapi-generator python."""

import os
import sys
from collections.abc import Callable

from hyperfleet import ApiClient, Configuration
from hyperfleet.api import ClusterStatusesApi, ClustersApi, NodePoolsApi
from hyperfleet.exceptions import ApiException
from hyperfleet.models import (
    AdapterStatusCreateRequest,
    ClusterCreateRequest,
    ClusterPatchRequest,
    ConditionRequest,
    NodePoolCreateRequest,
    ProblemDetails,
)

NAME = "python-openapi-generator"
client = ApiClient(Configuration(host=os.environ["HYPERFLEET_API"]))
clusters, node_pools, statuses = ClustersApi(client), NodePoolsApi(client), ClusterStatusesApi(client)


def expect(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        sys.exit(f"{what}: {got!r}, not {wanted!r}")


def problem(request: Callable[[], object]) -> ProblemDetails:
    """The problem of a request that is refused: the client raises it."""
    try:
        request()
    except ApiException as refusal:
        assert isinstance(refusal.data, ProblemDetails)
        return refusal.data
    sys.exit("it was not refused")


listed = clusters.get_clusters(search="name = 'given'")
expect("clusters called given", listed.total, 1)
given = listed.items[0]
expect("member of a later release", given.additional_properties["added_later"], {"level": 1})

create = ClusterCreateRequest(kind="Cluster", name=NAME, labels={"client": NAME}, spec=given.spec)
created = clusters.post_cluster_with_http_info(create)
expect("status of the create", created.status_code, 201)
cluster_id, tag = created.data.id, (created.headers or {})["etag"]

pool = node_pools.create_node_pool(
    cluster_id, NodePoolCreateRequest(kind="NodePool", name="workers", spec={"replicas": 3})
)
expect("owner of the node pool", pool.owner_references.id, cluster_id)

found = clusters.get_clusters(search=f"labels.client = '{NAME}'")
expect("clusters found", [cluster.name for cluster in found.items], [NAME])

replacing = ClusterPatchRequest(spec={**given.spec, "region": "us-east1", "zone": "a"}, generation=1)
expect("generation after a patch", clusters.patch_cluster_by_id(cluster_id, replacing).generation, 2)

merge = ClusterPatchRequest(spec={"region": "us-west1", "zone": None})
merged = clusters.patch_cluster_by_id(cluster_id, merge, _content_type="application/merge-patch+json")
expect("generation after a merge patch", merged.generation, 3)
expect("region after a merge patch", merged.spec["region"], "us-west1")
expect("whether it has a zone after a merge patch", "zone" in merged.spec, False)

clearing = ClusterPatchRequest(labels={})
stale = problem(lambda: clusters.patch_cluster_by_id(cluster_id, clearing, if_match=tag))
expect("status of a stale If-Match", stale.status, 412)
expect("code of a stale If-Match", stale.code, "HYPERFLEET-CNF-002")


def report(generation: int, *conditions: str) -> AdapterStatusCreateRequest:
    return AdapterStatusCreateRequest(
        adapter="validation",
        observed_generation=generation,
        observed_time=given.status.conditions[0].last_updated_time,
        conditions=[ConditionRequest(type=each, status="True") for each in conditions],
    )


stored = statuses.put_cluster_statuses(cluster_id, report(3, "Available", "Applied", "Health"))
expect("adapter of the stored report", stored.adapter, "validation")
discarded = statuses.put_cluster_statuses_with_http_info(cluster_id, report(4, "Available", "Applied", "Health"))
expect("status of a discarded report", discarded.status_code, 204)
refused = problem(lambda: statuses.put_cluster_statuses(cluster_id, report(3, "Available", "Applied")))
expect("status of a refused report", refused.status, 400)
violations = [(violation.var_field, violation.constraint) for violation in refused.errors or []]
expect("violations", violations, [("conditions", "required")])

missing = problem(lambda: clusters.get_cluster_by_id("nobody"))
expect("code that the document does not have", missing.code, "HYPERFLEET-NTF-901")

deleted = clusters.delete_cluster_by_id_with_http_info(cluster_id)
expect("status of the deletion", deleted.status_code, 202)
expect("whether it has no deleted_time", deleted.data.deleted_time is None, False)

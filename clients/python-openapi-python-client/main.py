"""The walk of ../README.md with a client of openapi-python-client."""

import os
import sys

from generated import Client
from generated.api.cluster_statuses import put_cluster_statuses
from generated.api.clusters import delete_cluster_by_id, get_cluster_by_id, get_clusters, patch_cluster_by_id, post_cluster
from generated.api.node_pools import create_node_pool
from generated.models import (
    AdapterStatus,
    AdapterStatusCreateRequest,
    Cluster,
    ClusterCreateRequest,
    ClusterCreateRequestKind,
    ClusterCreateRequestLabelsType0,
    ClusterList,
    ClusterPatchRequest,
    ClusterPatchRequestLabelsType0,
    ClusterPatchRequestSpecType0,
    ClusterSpec,
    ConditionRequest,
    ConditionRequestStatus,
    MergePatchRequest,
    MergePatchRequestSpec,
    NodePool,
    NodePoolCreateRequest,
    NodePoolCreateRequestKind,
    NodePoolSpec,
    ProblemDetails,
)
from generated.types import Unset

NAME = "python-openapi-python-client"
api = Client(base_url=os.environ["HYPERFLEET_API"])


def expect(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        sys.exit(f"{what}: {got!r}, not {wanted!r}")


listed = get_clusters.sync(client=api, search="name = 'given'")
assert isinstance(listed, ClusterList)
expect("clusters called given", listed.total, 1)
given = listed.items[0]
expect("member of a later release", given.additional_properties["added_later"], {"level": 1})

create = ClusterCreateRequest(
    kind=ClusterCreateRequestKind.CLUSTER,
    name=NAME,
    labels=ClusterCreateRequestLabelsType0.from_dict({"client": NAME}),
    spec=ClusterSpec.from_dict(given.spec.to_dict()),
)
created = post_cluster.sync_detailed(client=api, body=create)
expect("status of the create", created.status_code, 201)
assert isinstance(created.parsed, Cluster)
cluster_id, tag = created.parsed.id, created.headers["ETag"]

pool = create_node_pool.sync(
    cluster_id,
    client=api,
    body=NodePoolCreateRequest(
        kind=NodePoolCreateRequestKind.NODEPOOL, name="workers", spec=NodePoolSpec.from_dict({"replicas": 3})
    ),
)
assert isinstance(pool, NodePool)
expect("owner of the node pool", pool.owner_references.id, cluster_id)

found = get_clusters.sync(client=api, search=f"labels.client = '{NAME}'")
assert isinstance(found, ClusterList)
expect("clusters found", [cluster.name for cluster in found.items], [NAME])

spec = ClusterPatchRequestSpecType0.from_dict({**given.spec.to_dict(), "region": "us-east1", "zone": "a"})
replaced = patch_cluster_by_id.sync(cluster_id, client=api, body=ClusterPatchRequest(spec=spec, generation=1))
assert isinstance(replaced, Cluster)
expect("generation after a patch", replaced.generation, 2)

# The class of the body chooses the media type.
merge = MergePatchRequest(spec=MergePatchRequestSpec.from_dict({"region": "us-west1", "zone": None}))
merged = patch_cluster_by_id.sync(cluster_id, client=api, body=merge)
assert isinstance(merged, Cluster)
expect("generation after a merge patch", merged.generation, 3)
expect("region after a merge patch", merged.spec["region"], "us-west1")
expect("whether it has a zone after a merge patch", "zone" in merged.spec, False)

clearing = ClusterPatchRequest(labels=ClusterPatchRequestLabelsType0())
stale = patch_cluster_by_id.sync(cluster_id, client=api, body=clearing, if_match=tag)
assert isinstance(stale, ProblemDetails)
expect("status of a stale If-Match", stale.status, 412)
expect("code of a stale If-Match", stale.code, "HYPERFLEET-CNF-002")


def report(generation: int, *conditions: str) -> AdapterStatusCreateRequest:
    return AdapterStatusCreateRequest(
        adapter="validation",
        observed_generation=generation,
        observed_time=given.status.conditions[0].last_updated_time,
        conditions=[ConditionRequest(type_=each, status=ConditionRequestStatus.TRUE) for each in conditions],
    )


stored = put_cluster_statuses.sync(cluster_id, client=api, body=report(3, "Available", "Applied", "Health"))
assert isinstance(stored, AdapterStatus)
expect("adapter of the stored report", stored.adapter, "validation")
late = report(4, "Available", "Applied", "Health")
try:
    discarded = put_cluster_statuses.sync_detailed(cluster_id, client=api, body=late)
    expect("status of a discarded report", discarded.status_code, 204)
except ValueError:
    # Where the document has no 204, the client looks for a problem in the body, which is empty.
    if "PUBLISHED" not in os.environ:
        raise
refused = put_cluster_statuses.sync(cluster_id, client=api, body=report(3, "Available", "Applied"))
assert isinstance(refused, ProblemDetails) and not isinstance(refused.errors, Unset)
expect("status of a refused report", refused.status, 400)
violations = [(violation.field, violation.constraint) for violation in refused.errors]
expect("violations", violations, [("conditions", "required")])

missing = get_cluster_by_id.sync("nobody", client=api)
assert isinstance(missing, ProblemDetails)
expect("code that the document does not have", missing.code, "HYPERFLEET-NTF-901")

deleted = delete_cluster_by_id.sync(cluster_id, client=api)
assert isinstance(deleted, Cluster)
expect("whether it has no deleted_time", isinstance(deleted.deleted_time, Unset), False)

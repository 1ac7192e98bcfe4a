// The walk of ../README.md with a client of oapi-codegen.
package main

import (
	"context"
	"log"
	"maps"
	"os"
)

const name = "go-oapi-codegen"

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	api, err := NewClientWithResponses(os.Getenv("HYPERFLEET_API"))
	try(err)

	given, err := api.GetClustersWithResponse(ctx, &GetClustersParams{Search: ptr("name = 'given'")})
	try(err)
	expect("clusters called given", given.JSON200.Total, int64(1))
	spec := given.JSON200.Items[0].Spec

	created, err := api.PostClusterWithResponse(ctx, nil, ClusterCreateRequest{
		Kind: ClusterCreateRequestKindCluster, Name: name, Labels: &map[string]string{"client": name}, Spec: ClusterSpec(spec),
	})
	try(err)
	expect("status of the create", created.StatusCode(), 201)
	id, tag := created.JSON201.Id, created.HTTPResponse.Header.Get("ETag")

	pool, err := api.CreateNodePoolWithResponse(ctx, id, nil, NodePoolCreateRequest{
		Kind: NodePoolCreateRequestKindNodePool, Name: "workers", Spec: NodePoolSpec{"replicas": 3},
	})
	try(err)
	expect("owner of the node pool", pool.JSON201.OwnerReferences.Id, id)

	found, err := api.GetClustersWithResponse(ctx, &GetClustersParams{Search: ptr("labels.client = '" + name + "'")})
	try(err)
	expect("clusters found", len(found.JSON200.Items), 1)
	expect("cluster found", found.JSON200.Items[0].Name, name)

	replacing := maps.Clone(spec)
	replacing["region"], replacing["zone"] = "us-east1", "a"
	replaced, err := api.PatchClusterByIdWithResponse(ctx, id, nil, ClusterPatchRequest{Spec: ptr(map[string]any(replacing)), Generation: ptr(int32(1))})
	try(err)
	expect("generation after a patch", replaced.JSON200.Generation, 2)

	merged, err := api.PatchClusterByIdWithApplicationMergePatchPlusJSONBodyWithResponse(ctx, id, nil, MergePatchRequest{
		Spec: &map[string]any{"region": "us-west1", "zone": nil},
	})
	try(err)
	expect("generation after a merge patch", merged.JSON200.Generation, 3)
	expect("region after a merge patch", merged.JSON200.Spec["region"], any("us-west1"))
	expect("zone after a merge patch", merged.JSON200.Spec["zone"], nil)

	stale, err := api.PatchClusterByIdWithResponse(ctx, id, &PatchClusterByIdParams{IfMatch: &tag}, ClusterPatchRequest{Labels: &map[string]string{}})
	try(err)
	expect("status of a stale If-Match", stale.StatusCode(), 412)
	expect("code of a stale If-Match", stale.ApplicationproblemJSON412.Code, "HYPERFLEET-CNF-002")

	report := func(generation int32, conditions ...string) *PutClusterStatusesResponse {
		body := AdapterStatusCreateRequest{Adapter: "validation", ObservedGeneration: generation, ObservedTime: &given.JSON200.Items[0].Status.Conditions[0].LastUpdatedTime}
		for _, each := range conditions {
			body.Conditions = append(body.Conditions, ConditionRequest{Type: each, Status: ConditionRequestStatusTrue})
		}
		answer, err := api.PutClusterStatusesWithResponse(ctx, id, nil, body)
		try(err)
		return answer
	}
	expect("adapter of the stored report", stored(report(3, "Available", "Applied", "Health")).Adapter, "validation")
	expect("status of a discarded report", report(4, "Available", "Applied", "Health").StatusCode(), 204)
	refused := report(3, "Available", "Applied")
	expect("status of a refused report", refused.StatusCode(), 400)
	violations := *problem(refused).Errors
	expect("violations", len(violations), 1)
	expect("field of the violation", violations[0].Field, "conditions")
	expect("constraint of the violation", *violations[0].Constraint, "required")

	missing, err := api.GetClusterByIdWithResponse(ctx, "nobody", nil)
	try(err)
	expect("code that the document does not have", missing.ApplicationproblemJSON404.Code, "HYPERFLEET-NTF-901")

	deleted, err := api.DeleteClusterByIdWithResponse(ctx, id, nil)
	try(err)
	expect("status of the deletion", deleted.StatusCode(), 202)
	expect("whether it has a deleted_time", deleted.JSON202.DeletedTime != nil, true)
}

func ptr[T any](value T) *T { return &value }

func try(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func expect[T comparable](what string, got, wanted T) {
	if got != wanted {
		log.Fatalf("%s: %v, not %v", what, got, wanted)
	}
}

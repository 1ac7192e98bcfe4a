// The walk of ../README.md with a client of ogen.
package main

import (
	"context"
	"log"
	"maps"
	"os"

	"github.com/go-faster/jx"

	"hyperfleet-client/generated"
)

const name = "go-ogen"

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	api, err := generated.NewClient(os.Getenv("HYPERFLEET_API"))
	if err != nil {
		log.Fatal(err)
	}

	search := func(phrase string) []generated.Cluster {
		return only[*generated.ClusterListHeaders](api.GetClusters(ctx, generated.GetClustersParams{Search: generated.NewOptString(phrase)})).Response.Items
	}
	listed := search("name = 'given'")
	expect("clusters called given", len(listed), 1)
	given := listed[0]

	created := only[*generated.ClusterHeaders](api.PostCluster(ctx, &generated.ClusterCreateRequest{
		Kind: generated.ClusterCreateRequestKindCluster, Name: name,
		Labels: generated.NewOptNilClusterCreateRequestLabels(generated.ClusterCreateRequestLabels{"client": name}), Spec: generated.ClusterSpec(given.Spec),
	}, generated.PostClusterParams{}))
	id, tag := created.Response.ID, created.ETag

	pool := only[*generated.NodePoolHeaders](api.CreateNodePool(ctx, &generated.NodePoolCreateRequest{
		Kind: generated.NodePoolCreateRequestKindNodePool, Name: "workers", Spec: generated.NodePoolSpec{"replicas": jx.Raw("3")},
	}, generated.CreateNodePoolParams{ClusterID: id}))
	expect("owner of the node pool", pool.Response.OwnerReferences.ID, id)

	found := search("labels.client = '" + name + "'")
	expect("clusters found", len(found), 1)
	expect("cluster found", found[0].Name, name)

	patch := func(body generated.PatchClusterByIdReq, ifMatch generated.OptString) (generated.PatchClusterByIdRes, error) {
		return api.PatchClusterById(ctx, body, generated.PatchClusterByIdParams{ClusterID: id, IfMatch: ifMatch})
	}
	always := generated.OptString{}
	replacing := generated.ClusterPatchRequestSpec(maps.Clone(given.Spec))
	replacing["region"], replacing["zone"] = jx.Raw(`"us-east1"`), jx.Raw(`"a"`)
	replaced := only[*generated.GetClusterByIdOKHeaders](patch(&generated.ClusterPatchRequest{
		Spec: generated.NewOptNilClusterPatchRequestSpec(replacing), Generation: generated.NewOptNilInt32(1),
	}, always))
	expect("generation after a patch", replaced.Response.Generation, 2)

	// The type of the body chooses the media type.
	merged := only[*generated.GetClusterByIdOKHeaders](patch(&generated.MergePatchRequest{
		Spec: generated.NewOptMergePatchRequestSpec(generated.MergePatchRequestSpec{"region": jx.Raw(`"us-west1"`), "zone": jx.Raw("null")}),
	}, always))
	expect("generation after a merge patch", merged.Response.Generation, 3)
	expect("region after a merge patch", string(merged.Response.Spec["region"]), `"us-west1"`)
	expect("zone after a merge patch", string(merged.Response.Spec["zone"]), "")

	stale := only[*generated.PatchClusterByIdPreconditionFailed](patch(&generated.ClusterPatchRequest{
		Labels: generated.NewOptNilClusterPatchRequestLabels(generated.ClusterPatchRequestLabels{}),
	}, tag))
	expect("status of a stale If-Match", stale.Status, 412)
	expect("code of a stale If-Match", stale.Code, "HYPERFLEET-CNF-002")

	report := func(generation int32, conditions ...string) (generated.PutClusterStatusesRes, error) {
		body := generated.AdapterStatusCreateRequest{
			Adapter: "validation", ObservedGeneration: generation, ObservedTime: generated.NewOptNilDateTime(given.Status.Conditions[0].LastUpdatedTime),
		}
		for _, each := range conditions {
			body.Conditions = append(body.Conditions, generated.ConditionRequest{Type: each, Status: generated.ConditionRequestStatusTrue})
		}
		return api.PutClusterStatuses(ctx, &body, generated.PutClusterStatusesParams{ClusterID: id})
	}
	stored := only[*generated.PutClusterStatusesOK](report(3, "Available", "Applied", "Health"))
	expect("adapter of the stored report", stored.Adapter, "validation")
	discarded := only[*generated.PutClusterStatusesNoContent](report(4, "Available", "Applied", "Health"))
	expect("reason of the discarded report", discarded.HyperFleetDiscarded.Value, generated.HyperFleetDiscardedFutureGeneration)
	refused := only[*generated.PutClusterStatusesBadRequest](report(3, "Available", "Applied"))
	expect("violations", len(refused.Errors), 1)
	expect("field of the violation", refused.Errors[0].Field, "conditions")
	expect("constraint of the violation", refused.Errors[0].Constraint.Value, "required")

	missing := only[*generated.GetClusterByIdNotFound](api.GetClusterById(ctx, generated.GetClusterByIdParams{ClusterID: "nobody"}))
	expect("code that the document does not have", missing.Code, "HYPERFLEET-NTF-901")

	deleted := only[*generated.GetClusterByIdOKHeaders](api.DeleteClusterById(ctx, generated.DeleteClusterByIdParams{ClusterID: id}))
	expect("whether it has a deleted_time", deleted.Response.DeletedTime.Set, true)
}

// only is the answer, when it is of the type that is wanted.
func only[Wanted, Answer any](answer Answer, err error) Wanted {
	if err != nil {
		log.Fatal(err)
	}
	wanted, ok := any(answer).(Wanted)
	if !ok {
		log.Fatalf("%T: %+v, not %T", answer, answer, wanted)
	}
	return wanted
}

func expect[T comparable](what string, got, wanted T) {
	if got != wanted {
		log.Fatalf("%s: %v, not %v", what, got, wanted)
	}
}

// The walk of ../README.md with a client of openapi-generator go.
package main

import (
	"context"
	"errors"
	"log"
	"maps"
	"net/http"
	"os"

	"hyperfleet-client/generated"
)

const name = "go-openapi-generator"

// merging is a transport that says of each body that it is a merge patch: the client calls it application/json.
type merging struct{ http.RoundTripper }

func (m merging) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Content-Type", "application/merge-patch+json")
	return m.RoundTripper.RoundTrip(request)
}

func connect(transport http.RoundTripper) *hyperfleet.APIClient {
	configuration := hyperfleet.NewConfiguration()
	configuration.Servers = hyperfleet.ServerConfigurations{{URL: os.Getenv("HYPERFLEET_API")}}
	configuration.HTTPClient = &http.Client{Transport: transport}
	return hyperfleet.NewAPIClient(configuration)
}

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	api := connect(http.DefaultTransport)

	listed, _, err := api.ClustersAPI.GetClusters(ctx).Search("name = 'given'").Execute()
	try(err)
	expect("clusters called given", listed.Total, 1)
	given := listed.Items[0]
	expect("whether it has the member of a later release", given.AdditionalProperties["added_later"] != nil, true)

	create := hyperfleet.NewClusterCreateRequest("Cluster", name, given.Spec)
	create.SetLabels(map[string]string{"client": name})
	created, response, err := api.ClustersAPI.PostCluster(ctx).ClusterCreateRequest(*create).Execute()
	try(err)
	expect("status of the create", response.StatusCode, 201)
	id, tag := created.Id, response.Header.Get("ETag")

	workers := hyperfleet.NewNodePoolCreateRequest("NodePool", "workers", map[string]any{"replicas": 3})
	pool, _, err := api.NodePoolsAPI.CreateNodePool(ctx, id).NodePoolCreateRequest(*workers).Execute()
	try(err)
	expect("owner of the node pool", pool.OwnerReferences.Id, id)

	found, _, err := api.ClustersAPI.GetClusters(ctx).Search("labels.client = '" + name + "'").Execute()
	try(err)
	expect("clusters found", len(found.Items), 1)
	expect("cluster found", found.Items[0].Name, name)

	replacing := hyperfleet.NewClusterPatchRequest()
	replacing.SetGeneration(1)
	replacing.SetSpec(maps.Clone(given.Spec))
	replacing.Spec["region"], replacing.Spec["zone"] = "us-east1", "a"
	replaced, _, err := api.ClustersAPI.PatchClusterById(ctx, id).ClusterPatchRequest(*replacing).Execute()
	try(err)
	expect("generation after a patch", replaced.Generation, 2)

	merge := hyperfleet.NewClusterPatchRequest()
	merge.SetSpec(map[string]any{"region": "us-west1", "zone": nil})
	merged, _, err := connect(merging{http.DefaultTransport}).ClustersAPI.PatchClusterById(ctx, id).ClusterPatchRequest(*merge).Execute()
	try(err)
	expect("generation after a merge patch", merged.Generation, 3)
	expect("region after a merge patch", merged.Spec["region"], any("us-west1"))
	expect("zone after a merge patch", merged.Spec["zone"], nil)

	clearing := hyperfleet.NewClusterPatchRequest()
	clearing.SetLabels(map[string]string{})
	_, _, err = api.ClustersAPI.PatchClusterById(ctx, id).ClusterPatchRequest(*clearing).IfMatch(tag).Execute()
	stale := problem(err)
	expect("status of a stale If-Match", stale.Status, 412)
	expect("code of a stale If-Match", stale.Code, "HYPERFLEET-CNF-002")

	report := func(generation int32, types ...string) (*hyperfleet.AdapterStatus, *http.Response, error) {
		var conditions []hyperfleet.ConditionRequest
		for _, each := range types {
			conditions = append(conditions, *hyperfleet.NewConditionRequest(each, "True"))
		}
		body := hyperfleet.NewAdapterStatusCreateRequest("validation", generation, conditions)
		body.SetObservedTime(given.Status.Conditions[0].LastUpdatedTime)
		return api.ClusterStatusesAPI.PutClusterStatuses(ctx, id).AdapterStatusCreateRequest(*body).Execute()
	}
	stored, response, err := report(3, "Available", "Applied", "Health")
	try(err)
	expect("status of a report", response.StatusCode, 200)
	expect("adapter of the stored report", stored.Adapter, "validation")
	_, response, err = report(4, "Available", "Applied", "Health")
	try(err)
	expect("status of a discarded report", response.StatusCode, 204)
	_, _, err = report(3, "Available", "Applied")
	refused := problem(err)
	expect("status of a refused report", refused.Status, 400)
	expect("violations", len(refused.Errors), 1)
	expect("field of the violation", refused.Errors[0].Field, "conditions")
	expect("constraint of the violation", refused.Errors[0].GetConstraint(), "required")

	_, _, err = api.ClustersAPI.GetClusterById(ctx, "nobody").Execute()
	expect("code that the document does not have", problem(err).Code, "HYPERFLEET-NTF-901")

	deleted, response, err := api.ClustersAPI.DeleteClusterById(ctx, id).Execute()
	try(err)
	expect("status of the deletion", response.StatusCode, 202)
	expect("whether it has a deleted_time", deleted.HasDeletedTime(), true)
}

// problem is what a request was refused with.
func problem(err error) hyperfleet.ProblemDetails {
	var refusal *hyperfleet.GenericOpenAPIError
	if !errors.As(err, &refusal) {
		log.Fatalf("%v is no refusal", err)
	}
	found, ok := refusal.Model().(hyperfleet.ProblemDetails)
	if !ok {
		log.Fatalf("%v is no problem", refusal)
	}
	return found
}

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

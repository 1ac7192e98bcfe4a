//go:build !published

package main

// stored is the report of a PUT that the document answers with 200.
func stored(response *PutClusterStatusesResponse) *AdapterStatus { return response.JSON200 }

func problem(response *PutClusterStatusesResponse) *ProblemDetails {
	return response.ApplicationproblemJSON400
}

//go:build published

package main

// stored is the report of a PUT that the published document answers with 201, and with nothing but a problem otherwise.
func stored(response *PutClusterStatusesResponse) *AdapterStatus { return response.JSON201 }

func problem(response *PutClusterStatusesResponse) *ProblemDetails {
	return response.ApplicationproblemJSONDefault
}

// The walk of ../../README.md through five kinds with a client of oapi-codegen.
package main

import (
	"context"
	"log"
	"os"
	"strings"
	"time"
)

// kind has the typed operations of one kind: each returns the status, and the members that the walk compares.
type kind struct {
	name       string
	reconciled bool
	create     func(name string) (status int, id string)
	get        func(id string) (status int, name string)
	list       func(search string) (status int, total int64)
	patch      func(id string, spec map[string]any) (status int, generation int32)
	report     func(id string, report AdapterStatusCreateRequest) (status int)
	delete     func(id string) (status int)
}

// ids has the resource of each kind, which the operations of a child need for its parent.
var ids = map[string]string{}

func main() {
	log.SetFlags(0)
	api, err := NewClientWithResponses(os.Getenv("HYPERFLEET_API"))
	try(err)
	kinds := kindsOf(context.Background(), api)

	for _, each := range kinds {
		name := "go-" + strings.ToLower(each.name)
		status, id := each.create(name)
		expect(each.name+": status of the create", status, 201)
		ids[each.name] = id
		status, found := each.get(id)
		expect(each.name+": status of the get", status, 200)
		expect(each.name+": name", found, name)
		status, total := each.list("name = '" + name + "'")
		expect(each.name+": status of the list", status, 200)
		expect(each.name+": resources found", total, 1)
		status, generation := each.patch(id, map[string]any{"changed": true})
		expect(each.name+": status of the patch", status, 200)
		expect(each.name+": generation after the patch", generation, 2)
		expect(each.name+": status of the report", each.report(id, report(2, "Available", "Applied", "Health")), 200)
	}

	restricted, err := api.DeleteChannelByIdWithResponse(context.Background(), ids["Channel"], nil)
	try(err)
	expect("Channel: status of a deletion that a version restricts", restricted.StatusCode(), 409)
	expect("Channel: code of that", restricted.ApplicationproblemJSON409.Code, "HYPERFLEET-CNF-003")

	for index := len(kinds) - 1; index >= 0; index-- {
		each, id := kinds[index], ids[kinds[index].name]
		expect(each.name+": status of the deletion", each.delete(id), 202)
		if each.reconciled {
			finalized := report(3, "Available", "Applied", "Health", "Finalized")
			expect(each.name+": status of the last report", each.report(id, finalized), 200)
		}
		status, _ := each.get(id)
		expect(each.name+": status after the removal", status, 404)
	}
}

func report(generation int32, conditions ...string) AdapterStatusCreateRequest {
	now := time.Now()
	body := AdapterStatusCreateRequest{Adapter: "validation", ObservedGeneration: generation, ObservedTime: &now}
	for _, each := range conditions {
		body.Conditions = append(body.Conditions, ConditionRequest{Type: each, Status: ConditionRequestStatusTrue})
	}
	return body
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

// body is the typed body of an answer; any other answer ends the program with its text.
func body[T any](typed *T, text []byte) *T {
	if typed == nil {
		log.Fatalf("unexpected answer: %s", text)
	}
	return typed
}

#!/bin/sh
# ogen 1.25.0: a client sends a date-time without the fraction of its second.
#
# Guess: Go's time.Time has nanoseconds, RFC 3339 has fractions, and encoding/json writes them; so does a client that ogen
# makes of `type: string, format: date-time`, and a time that was read is sent again as it was.
# Seen: a time with six digits is read whole, and sent as whole seconds.
# Exits with 0 while that is so, and with 1 when it has changed. Needs Go 1.26 or newer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >openapi.json <<'DOCUMENT'
{
  "openapi": "3.0.3",
  "info": { "title": "Events", "version": "1" },
  "paths": {
    "/events": {
      "post": {
        "operationId": "createEvent",
        "requestBody": {
          "required": true,
          "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Event" } } }
        },
        "responses": { "204": { "description": "taken" } }
      }
    }
  },
  "components": {
    "schemas": {
      "Event": {
        "type": "object",
        "required": ["at"],
        "properties": { "at": { "type": "string", "format": "date-time" } }
      }
    }
  }
}
DOCUMENT
cat >main.go <<'PROGRAM'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"events/generated"
)

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		fmt.Println("sent", string(body))
		answer.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	var event generated.Event
	text := `{"at":"2026-03-01T10:20:30.123456Z"}`
	if err := json.Unmarshal([]byte(text), &event); err != nil {
		panic(err)
	}
	fmt.Println("read", text, "with", event.At.Nanosecond(), "ns")
	client, err := generated.NewClient(server.URL)
	if err != nil {
		panic(err)
	}
	if err := client.CreateEvent(context.Background(), &event); err != nil {
		panic(err)
	}
}
PROGRAM
go mod init events >/dev/null 2>&1
go get github.com/ogen-go/ogen@v1.25.0 >/dev/null 2>&1
go run github.com/ogen-go/ogen/cmd/ogen@v1.25.0 --target generated --package generated --clean openapi.json >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
echo "ogen 1.25.0, $(go env GOVERSION)"
go run . | tee output
grep -q 'with 123456000 ns' output
grep -qF 'sent {"at":"2026-03-01T10:20:30Z"}' output

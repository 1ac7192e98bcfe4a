// Has a library of Go look at recorded exchanges.
//
// Usage: validate kin-openapi|libopenapi document.json exchanges.json
//
// libopenapi takes a quarter of an hour to build: it is there with -tags libopenapi only.
//
// Prints what it says of each request and of each answer, as JSON; nothing where it has nothing to say.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

type message struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

type exchange struct {
	Name     string  `json:"name"`
	Request  message `json:"request"`
	Response message `json:"response"`
}

type verdict struct {
	Name     string `json:"name"`
	Request  string `json:"request"`
	Response string `json:"response"`
}

// A judge says what is wrong with a request, and what with its answer.
type judge func(*http.Request, *http.Response) (error, error)

var judges = map[string]func([]byte) judge{"kin-openapi": kinOpenAPI}

func main() {
	document, text := read(os.Args[2]), read(os.Args[3])
	judge := judges[os.Args[1]](document)
	var exchanges []exchange
	must(json.Unmarshal(text, &exchanges))
	verdicts := []verdict{}
	for _, each := range exchanges {
		request, response := judge(each.http())
		verdicts = append(verdicts, verdict{each.Name, said(request), said(response)})
	}
	must(json.NewEncoder(os.Stdout).Encode(verdicts))
}

func (each exchange) http() (*http.Request, *http.Response) {
	request, err := http.NewRequest(each.Request.Method, each.Request.URL, bytes.NewBufferString(each.Request.Body))
	must(err)
	request.Header = header(each.Request.Headers)
	return request, &http.Response{
		StatusCode:    each.Response.Status,
		Header:        header(each.Response.Headers),
		Body:          io.NopCloser(bytes.NewBufferString(each.Response.Body)),
		ContentLength: int64(len(each.Response.Body)),
		Request:       request,
	}
}

func header(from map[string]string) http.Header {
	headers := http.Header{}
	for name, value := range from {
		headers.Set(name, value)
	}
	return headers
}

func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func read(file string) []byte {
	text, err := os.ReadFile(file)
	must(err)
	return text
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

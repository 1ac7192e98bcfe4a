package main

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

func kinOpenAPI(text []byte) judge {
	document, err := openapi3.NewLoader().LoadFromData(text)
	must(err)
	must(document.Validate(context.Background()))
	router, err := gorillamux.NewRouter(document)
	must(err)
	options := &openapi3filter.Options{MultiError: true, IncludeResponseStatus: true, AuthenticationFunc: hasToken}
	return func(request *http.Request, response *http.Response) (error, error) {
		route, parameters, err := router.FindRoute(request)
		if err != nil {
			return err, err
		}
		asked := &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: options}
		ofRequest := openapi3filter.ValidateRequest(context.Background(), asked)
		body, err := io.ReadAll(response.Body)
		must(err)
		answered := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: asked, Status: response.StatusCode, Header: response.Header, Options: options,
		}
		return ofRequest, openapi3filter.ValidateResponse(context.Background(), answered.SetBodyBytes(body))
	}
}

func hasToken(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	if input.RequestValidationInput.Request.Header.Get("Authorization") == "" {
		return errors.New("no token")
	}
	return nil
}

//go:build libopenapi

package main

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	validation "github.com/pb33f/libopenapi-validator/errors"
)

func init() { judges["libopenapi"] = libOpenAPI }

func libOpenAPI(text []byte) judge {
	document, err := libopenapi.NewDocument(text)
	must(err)
	looking, failures := validator.NewValidator(document)
	must(errors.Join(failures...))
	_, faults := looking.ValidateDocument()
	must(joined(faults))
	return func(request *http.Request, response *http.Response) (error, error) {
		_, ofRequest := looking.ValidateHttpRequest(request)
		_, ofResponse := looking.ValidateHttpResponse(request, response)
		return joined(ofRequest), joined(ofResponse)
	}
}

func joined(faults []*validation.ValidationError) error {
	var all []error
	for _, fault := range faults {
		all = append(all, fmt.Errorf("%s: %s", fault.Message, fault.Reason))
		for _, each := range fault.SchemaValidationErrors {
			all = append(all, fmt.Errorf("%s: %s", each.FieldPath, each.Reason))
		}
	}
	return errors.Join(all...)
}

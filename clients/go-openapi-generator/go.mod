module hyperfleet-client

go 1.25.0

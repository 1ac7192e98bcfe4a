package main

import "context"

// kindsOf has the kinds, each after its parent.
func kindsOf(ctx context.Context, api *ClientWithResponses) []kind {
	return []kind{
		{
			name: "Cluster", reconciled: true,
			create: func(name string) (int, string) {
				answer, err := api.PostClusterWithResponse(ctx, nil, ClusterCreateRequest{Kind: ClusterCreateRequestKindCluster, Name: name, Spec: ClusterSpec{}})
				try(err)
				return answer.StatusCode(), body(answer.JSON201, answer.Body).Id
			},
			get: func(id string) (int, string) {
				answer, err := api.GetClusterByIdWithResponse(ctx, id, nil)
				try(err)
				if answer.JSON200 == nil {
					return answer.StatusCode(), ""
				}
				return answer.StatusCode(), answer.JSON200.Name
			},
			list: func(search string) (int, int64) {
				answer, err := api.GetClustersWithResponse(ctx, &GetClustersParams{Search: &search})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Total
			},
			patch: func(id string, spec map[string]any) (int, int32) {
				answer, err := api.PatchClusterByIdWithResponse(ctx, id, nil, ClusterPatchRequest{Spec: &spec})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Generation
			},
			report: func(id string, report AdapterStatusCreateRequest) int {
				answer, err := api.PutClusterStatusesWithResponse(ctx, id, nil, report)
				try(err)
				return answer.StatusCode()
			},
			delete: func(id string) int {
				answer, err := api.DeleteClusterByIdWithResponse(ctx, id, nil)
				try(err)
				return answer.StatusCode()
			},
		},
		{
			name: "NodePool", reconciled: true,
			create: func(name string) (int, string) {
				answer, err := api.CreateNodePoolWithResponse(ctx, ids["Cluster"], nil, NodePoolCreateRequest{Kind: NodePoolCreateRequestKindNodePool, Name: name, Spec: NodePoolSpec{}})
				try(err)
				return answer.StatusCode(), body(answer.JSON201, answer.Body).Id
			},
			get: func(id string) (int, string) {
				answer, err := api.GetNodePoolByIdWithResponse(ctx, ids["Cluster"], id, nil)
				try(err)
				if answer.JSON200 == nil {
					return answer.StatusCode(), ""
				}
				return answer.StatusCode(), answer.JSON200.Name
			},
			list: func(search string) (int, int64) {
				answer, err := api.GetNodePoolsByClusterIdWithResponse(ctx, ids["Cluster"], &GetNodePoolsByClusterIdParams{Search: &search})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Total
			},
			patch: func(id string, spec map[string]any) (int, int32) {
				answer, err := api.PatchNodePoolByIdWithResponse(ctx, ids["Cluster"], id, nil, NodePoolPatchRequest{Spec: &spec})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Generation
			},
			report: func(id string, report AdapterStatusCreateRequest) int {
				answer, err := api.PutNodePoolStatusesWithResponse(ctx, ids["Cluster"], id, nil, report)
				try(err)
				return answer.StatusCode()
			},
			delete: func(id string) int {
				answer, err := api.DeleteNodePoolByIdWithResponse(ctx, ids["Cluster"], id, nil)
				try(err)
				return answer.StatusCode()
			},
		},
		{
			name: "Channel", reconciled: false,
			create: func(name string) (int, string) {
				answer, err := api.PostChannelWithResponse(ctx, nil, ChannelCreateRequest{Kind: ChannelCreateRequestKindChannel, Name: name, Spec: ChannelSpec{}})
				try(err)
				return answer.StatusCode(), body(answer.JSON201, answer.Body).Id
			},
			get: func(id string) (int, string) {
				answer, err := api.GetChannelByIdWithResponse(ctx, id, nil)
				try(err)
				if answer.JSON200 == nil {
					return answer.StatusCode(), ""
				}
				return answer.StatusCode(), answer.JSON200.Name
			},
			list: func(search string) (int, int64) {
				answer, err := api.GetChannelsWithResponse(ctx, &GetChannelsParams{Search: &search})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Total
			},
			patch: func(id string, spec map[string]any) (int, int32) {
				answer, err := api.PatchChannelByIdWithResponse(ctx, id, nil, ChannelPatchRequest{Spec: &spec})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Generation
			},
			report: func(id string, report AdapterStatusCreateRequest) int {
				answer, err := api.PutChannelStatusesWithResponse(ctx, id, nil, report)
				try(err)
				return answer.StatusCode()
			},
			delete: func(id string) int {
				answer, err := api.DeleteChannelByIdWithResponse(ctx, id, nil)
				try(err)
				return answer.StatusCode()
			},
		},
		{
			name: "Version", reconciled: false,
			create: func(name string) (int, string) {
				answer, err := api.PostVersionWithResponse(ctx, ids["Channel"], nil, VersionCreateRequest{Kind: VersionCreateRequestKindVersion, Name: name, Spec: VersionSpec{}})
				try(err)
				return answer.StatusCode(), body(answer.JSON201, answer.Body).Id
			},
			get: func(id string) (int, string) {
				answer, err := api.GetVersionByIdWithResponse(ctx, ids["Channel"], id, nil)
				try(err)
				if answer.JSON200 == nil {
					return answer.StatusCode(), ""
				}
				return answer.StatusCode(), answer.JSON200.Name
			},
			list: func(search string) (int, int64) {
				answer, err := api.GetVersionsByChannelIdWithResponse(ctx, ids["Channel"], &GetVersionsByChannelIdParams{Search: &search})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Total
			},
			patch: func(id string, spec map[string]any) (int, int32) {
				answer, err := api.PatchVersionByIdWithResponse(ctx, ids["Channel"], id, nil, VersionPatchRequest{Spec: &spec})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Generation
			},
			report: func(id string, report AdapterStatusCreateRequest) int {
				answer, err := api.PutVersionStatusesWithResponse(ctx, ids["Channel"], id, nil, report)
				try(err)
				return answer.StatusCode()
			},
			delete: func(id string) int {
				answer, err := api.DeleteVersionByIdWithResponse(ctx, ids["Channel"], id, nil)
				try(err)
				return answer.StatusCode()
			},
		},
		{
			name: "WifConfig", reconciled: false,
			create: func(name string) (int, string) {
				answer, err := api.PostWifConfigWithResponse(ctx, nil, WifConfigCreateRequest{Kind: WifConfigCreateRequestKindWifConfig, Name: name, Spec: WifConfigSpec{}})
				try(err)
				return answer.StatusCode(), body(answer.JSON201, answer.Body).Id
			},
			get: func(id string) (int, string) {
				answer, err := api.GetWifConfigByIdWithResponse(ctx, id, nil)
				try(err)
				if answer.JSON200 == nil {
					return answer.StatusCode(), ""
				}
				return answer.StatusCode(), answer.JSON200.Name
			},
			list: func(search string) (int, int64) {
				answer, err := api.GetWifConfigsWithResponse(ctx, &GetWifConfigsParams{Search: &search})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Total
			},
			patch: func(id string, spec map[string]any) (int, int32) {
				answer, err := api.PatchWifConfigByIdWithResponse(ctx, id, nil, WifConfigPatchRequest{Spec: &spec})
				try(err)
				return answer.StatusCode(), body(answer.JSON200, answer.Body).Generation
			},
			report: func(id string, report AdapterStatusCreateRequest) int {
				answer, err := api.PutWifConfigStatusesWithResponse(ctx, id, nil, report)
				try(err)
				return answer.StatusCode()
			},
			delete: func(id string) int {
				answer, err := api.DeleteWifConfigByIdWithResponse(ctx, id, nil)
				try(err)
				return answer.StatusCode()
			},
		},
	}
}

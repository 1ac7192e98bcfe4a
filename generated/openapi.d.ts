// Made by `npm run generate`; edit the source instead.
export interface paths {
    "/api/hyperfleet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this server is
         * @description The name, version and build time of the server.
         */
        get: operations["getMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What this version of the API is
         * @description The same as `/api/hyperfleet`, for the version in the path.
         */
        get: operations["getVersionMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/compatibility": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which clients are served
         * @description The versions of the API specification, and the generations of clients, that this server serves.
         */
        get: operations["getCompatibility"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/schemas/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a spec must fit
         * @description The JSON Schema that the `spec` of a kind must fit in a create, and in a patch that changes it. It is the provider's where
         *     this server has one for the kind, and any object fits it otherwise. It says in `$schema` how it is to be read, and carries
         *     with it what it refers to. Patterns are of JavaScript or RE2.
         */
        get: operations["getSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Do many writes in one request
         * @description Does up to 1,000 writes, in their order: each is a request of its own, with its method, path, headers and body, and is checked, authorized and answered as it
         *     would be alone. `results` has the answers in the order of `operations`.
         *
         *     With `atomic: true` all are done in one transaction, or none: the first operation that fails undoes all. The answer is then its problem, with its
         *     place in `operations` as `index`, and the problem that the operation alone would have had as `problem`. With `atomic: false` each is done for itself, and the
         *     answer is 200 whatever becomes of them: look at each `status`. What a result says was done is committed.
         *
         *     The token, the tenancy and `dry_run` are those of the batch. It counts as as many requests as it has operations where the operator limits these.
         *     With an `Idempotency-Key`, the operations of a batch that is not atomic share a transaction, too, and an operation that fails for a passing reason (5xx) undoes all of them.
         */
        post: operations["postBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List changes
         * @description The changes of resources after a token, in the order in which they can be read: every visible change is one entry. Begin with
         *     `since=start`, or with the `HyperFleet-Token` of a list, and go on with the `next` of each answer: every later change is then told exactly
         *     once. Changes of one resource come in the order of its versions. With `Accept: text/event-stream`, the answer is a stream of the same entries.
         *
         *     With `fields`, entries have `resource` with these members as they are when the entry is read; removed resources have none. With `search`, only changes
         *     of resources are told that match when the entry is read: a change of another one is told as `removed` with `left`, whether the reader has
         *     known the resource or not.
         *     A token that is too old, or that another database has given, is refused with 410: begin again with `since=start`.
         */
        get: operations["getChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count resources by their conditions
         * @description How many resources there are with each status of each condition, of one snapshot: in all, and with `group_by` for each value of a label or of a
         *     member of the spec. The 1,000 largest groups are told one by one, and the others together. Every resource that matches is read: without a search
         *     that an index answers, a summary waits for one of the places of such lists, and is 504 where it takes longer than a statement may.
         */
        get: operations["getSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List clusters
         * @description One page of all clusters, newest first unless `order` or `orderBy` says otherwise. Clusters marked for
         *     deletion are listed until their record goes. `total` and `items` are of one snapshot.
         */
        get: operations["getClusters"];
        put?: never;
        /**
         * Create a cluster
         * @description Creates a cluster at generation 1. The name must not be held by another cluster that is not marked for
         *     deletion. Members that only the server sets are accepted and ignored, so that a cluster that was read can be sent again.
         */
        post: operations["postCluster"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search clusters by a body
         * @description The list of the same collection, with the request in the body: for searches and lists of ids that do not fit in a URL. It is a read:
         *     the answer, its order and its pages are those of the list, and cursors go on in both. The method QUERY on the collection itself does the same, where
         *     the server's Node.js knows the method (OpenAPI 3.0 has no word for it).
         */
        post: operations["searchClusters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a cluster
         * @description One cluster, with the conditions that its adapters' reports amount to.
         */
        get: operations["getClusterById"];
        put?: never;
        post?: never;
        /**
         * Delete a cluster
         * @description Marks the cluster and its node pools for deletion; its name is free at once. The record goes when every required adapter has
         *     reported `Finalized` True at the new generation, after those of the node pools, or at once where no adapter is required. Deleting again changes nothing.
         *     Resources that refer to it, or to a node pool of it, refuse it (409).
         */
        delete: operations["deleteClusterById"];
        options?: never;
        head?: never;
        /**
         * Change a cluster
         * @description Replaces spec, labels and references, those that are there, each whole. As `application/merge-patch+json`, they are
         *     merged instead (RFC 7396). Only a change of the spec by value raises `generation`; a patch that changes nothing
         *     writes nothing. `If-Match` and `generation` are preconditions; without either, the last write wins.
         *     `generation` guards the spec, the entity tag guards everything.
         */
        patch: operations["patchClusterById"];
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the changes of a cluster
         * @description Who has changed what, and which adapter which conditions, newest first, as long as changes are kept; also after its removal, which says
         *     who has removed it by force, and why.
         */
        get: operations["getClusterChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the generations of a cluster
         * @description When, how and by whom each generation began, newest first, as long as they are kept; also after its removal.
         */
        get: operations["getClusterGenerations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/generations/{generation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a generation of a cluster
         * @description Its labels, its spec and its references at the end of that generation; with `diff`, what makes those of another generation into them.
         */
        get: operations["getClusterGeneration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain the conditions of a cluster
         * @description Why the conditions are as they are: for each the rule, its last transition, and the adapters that it waits for; and the same in
         *     sentences for people, with the next step.
         */
        get: operations["explainCluster"];
        put?: never;
        /**
         * Explain the conditions of a cluster after a report
         * @description The conditions as they would be after this report, with their reasons. Nothing is kept; the answer has `HyperFleet-Dry-Run: true`.
         */
        post: operations["previewClusterReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/force-delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove a cluster by force
         * @description Removes a cluster that is marked for deletion, with everything under it, whatever its adapters have reported. It
         *     changes only what is stored here: what adapters made elsewhere stays. The log keeps who did it, and why.
         */
        post: operations["forceDeleteCluster"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/statuses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the reports on a cluster
         * @description The last report of each adapter on a cluster, by adapter unless `order` or `orderBy` says otherwise.
         */
        get: operations["getClusterStatuses"];
        /**
         * Report on a cluster
         * @description Stores an adapter's report in place of its former one, and recomputes the conditions of the cluster.
         *     Sending the same report again changes nothing and answers the same;
         *     one whose `Available` is Unknown or absent is discarded when the adapter has reported before,
         *     unless it says `Finalized` on a resource that is marked for deletion.
         */
        put: operations["putClusterStatuses"];
        /**
         * Report on a cluster (older clients)
         * @deprecated
         * @description The same as PUT, answered with 201.
         */
        post: operations["postClusterStatuses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the node pools of all clusters
         * @description One page of the node pools of all clusters, newest first unless `order` or `orderBy` says otherwise.
         */
        get: operations["getNodePools"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search the node pools of all clusters by a body
         * @description The list of the same collection, with the request in the body: for searches and lists of ids that do not fit in a URL. It is a read:
         *     the answer, its order and its pages are those of the list, and cursors go on in both. The method QUERY on the collection itself does the same, where
         *     the server's Node.js knows the method (OpenAPI 3.0 has no word for it).
         */
        post: operations["searchNodePools"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools/{nodepool_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a node pool by its own path
         * @description One node pool, where its `href` points.
         */
        get: operations["getNodePool"];
        put?: never;
        post?: never;
        /**
         * Delete a node pool by its own path
         * @description Marks the node pool for deletion; its name is free at once. The record goes when every required adapter has
         *     reported `Finalized` True at the new generation, or at once where no adapter is required. Deleting again changes nothing.
         *     Resources that refer to it refuse it (409).
         */
        delete: operations["deleteNodePool"];
        options?: never;
        head?: never;
        /**
         * Change a node pool by its own path
         * @description Replaces spec, labels and references, those that are there, each whole. As `application/merge-patch+json`, they are
         *     merged instead (RFC 7396). Only a change of the spec by value raises `generation`; a patch that changes nothing
         *     writes nothing. `If-Match` and `generation` are preconditions; without either, the last write wins.
         *     `generation` guards the spec, the entity tag guards everything.
         */
        patch: operations["patchNodePool"];
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools/{nodepool_id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the changes of a node pool, by its own path
         * @description Who has changed what, and which adapter which conditions, newest first, as long as changes are kept; also after its removal, which says
         *     who has removed it by force, and why.
         */
        get: operations["getNodePoolChangesById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools/{nodepool_id}/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the generations of a node pool, by its own path
         * @description When, how and by whom each generation began, newest first, as long as they are kept; also after its removal.
         */
        get: operations["getNodePoolGenerationsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools/{nodepool_id}/generations/{generation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a generation of a node pool, by its own path
         * @description Its labels, its spec and its references at the end of that generation; with `diff`, what makes those of another generation into them.
         */
        get: operations["getNodePoolGenerationById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools/{nodepool_id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain the conditions of a node pool, by its own path
         * @description Why the conditions are as they are: for each the rule, its last transition, and the adapters that it waits for; and the same in
         *     sentences for people, with the next step.
         */
        get: operations["explainNodePoolById"];
        put?: never;
        /**
         * Explain the conditions of a node pool after a report, by its own path
         * @description The conditions as they would be after this report, with their reasons. Nothing is kept; the answer has `HyperFleet-Dry-Run: true`.
         */
        post: operations["previewNodePoolReportById"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools/{nodepool_id}/force-delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove a node pool by force, by its own path
         * @description Removes a node pool that is marked for deletion, with everything under it, whatever its adapters have reported. It
         *     changes only what is stored here: what adapters made elsewhere stays. The log keeps who did it, and why.
         */
        post: operations["forceDeleteNodePoolById"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/nodepools/{nodepool_id}/statuses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the reports on a node pool by its own path
         * @description The last report of each adapter on a node pool, by adapter unless `order` or `orderBy` says otherwise.
         */
        get: operations["getNodePoolReports"];
        /**
         * Report on a node pool by its own path
         * @description The same as PUT under the cluster.
         */
        put: operations["putNodePoolReport"];
        /**
         * Report on a node pool by its own path (older clients)
         * @deprecated
         * @description The same as PUT, answered with 201.
         */
        post: operations["postNodePoolReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the node pools of a cluster
         * @description One page of the node pools of one cluster, newest first unless `order` or `orderBy` says otherwise.
         */
        get: operations["getNodePoolsByClusterId"];
        put?: never;
        /**
         * Create a node pool
         * @description Creates a node pool under a cluster. The name must not be held by another node pool of the cluster that
         *     is not marked for deletion. A cluster that is marked for deletion takes no new node pools.
         */
        post: operations["createNodePool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search the node pools of a cluster by a body
         * @description The list of the same collection, with the request in the body: for searches and lists of ids that do not fit in a URL. It is a read:
         *     the answer, its order and its pages are those of the list, and cursors go on in both. The method QUERY on the collection itself does the same, where
         *     the server's Node.js knows the method (OpenAPI 3.0 has no word for it).
         */
        post: operations["searchNodePoolsByClusterId"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a node pool of a cluster
         * @description One node pool. Under another cluster than its own it is not found.
         */
        get: operations["getNodePoolById"];
        put?: never;
        post?: never;
        /**
         * Delete a node pool of a cluster
         * @description Marks the node pool for deletion; its name is free at once. The record goes when every required adapter has
         *     reported `Finalized` True at the new generation, or at once where no adapter is required. Deleting again changes nothing.
         *     Resources that refer to it refuse it (409).
         */
        delete: operations["deleteNodePoolById"];
        options?: never;
        head?: never;
        /**
         * Change a node pool of a cluster
         * @description Replaces spec, labels and references, those that are there, each whole. As `application/merge-patch+json`, they are
         *     merged instead (RFC 7396). Only a change of the spec by value raises `generation`; a patch that changes nothing
         *     writes nothing. `If-Match` and `generation` are preconditions; without either, the last write wins.
         *     `generation` guards the spec, the entity tag guards everything.
         */
        patch: operations["patchNodePoolById"];
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the changes of a node pool
         * @description Who has changed what, and which adapter which conditions, newest first, as long as changes are kept; also after its removal, which says
         *     who has removed it by force, and why.
         */
        get: operations["getNodePoolChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}/generations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the generations of a node pool
         * @description When, how and by whom each generation began, newest first, as long as they are kept; also after its removal.
         */
        get: operations["getNodePoolGenerations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}/generations/{generation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a generation of a node pool
         * @description Its labels, its spec and its references at the end of that generation; with `diff`, what makes those of another generation into them.
         */
        get: operations["getNodePoolGeneration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain the conditions of a node pool
         * @description Why the conditions are as they are: for each the rule, its last transition, and the adapters that it waits for; and the same in
         *     sentences for people, with the next step.
         */
        get: operations["explainNodePool"];
        put?: never;
        /**
         * Explain the conditions of a node pool after a report
         * @description The conditions as they would be after this report, with their reasons. Nothing is kept; the answer has `HyperFleet-Dry-Run: true`.
         */
        post: operations["previewNodePoolReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}/force-delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove a node pool by force
         * @description Removes a node pool that is marked for deletion, with everything under it, whatever its adapters have reported. It
         *     changes only what is stored here: what adapters made elsewhere stays. The log keeps who did it, and why.
         */
        post: operations["forceDeleteNodePool"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/hyperfleet/v1/clusters/{cluster_id}/nodepools/{nodepool_id}/statuses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the reports on a node pool
         * @description The last report of each adapter on a node pool, by adapter unless `order` or `orderBy` says otherwise.
         */
        get: operations["getNodePoolsStatuses"];
        /**
         * Report on a node pool
         * @description Stores an adapter's report in place of its former one, and recomputes the conditions of the node pool.
         *     Sending the same report again changes nothing and answers the same;
         *     one whose `Available` is Unknown or absent is discarded when the adapter has reported before,
         *     unless it says `Finalized` on a resource that is marked for deletion.
         */
        put: operations["putNodePoolStatuses"];
        /**
         * Report on a node pool (older clients)
         * @deprecated
         * @description The same as PUT, answered with 201.
         */
        post: operations["postNodePoolStatuses"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description What the server is.
         * @example {
         *       "id": "hyperfleet",
         *       "kind": "API",
         *       "href": "/api/hyperfleet/v1",
         *       "version": "0.1.0",
         *       "build_time": "2026-03-01T00:00:00.000000Z"
         *     }
         */
        Metadata: {
            /** @description The name of the API. */
            id: string;
            /**
             * @description What this is.
             * @enum {string}
             */
            kind: "API";
            /** @description Where the API is. */
            href: string;
            /** @description The version of the server. */
            version: string;
            /**
             * Format: date-time
             * @description When the server was built.
             */
            build_time: string;
        };
        /**
         * @description The versions of the specification, and the generations of clients, that are served.
         * @example {
         *       "kind": "Compatibility",
         *       "spec_version": "1.0.25",
         *       "generations": [
         *         {
         *           "name": "first",
         *           "spec_versions": "1.0.2 - 1.0.10",
         *           "conditions": [
         *             "Available",
         *             "Ready"
         *           ]
         *         },
         *         {
         *           "name": "second",
         *           "spec_versions": "1.0.11 - 1.0.25",
         *           "conditions": [
         *             "LastKnownReconciled",
         *             "Reconciled"
         *           ]
         *         }
         *       ],
         *       "changes": [
         *         {
         *           "spec_version": "1.0.11",
         *           "change": "The condition LastKnownReconciled is added.",
         *           "served": "It is there on every resource."
         *         },
         *         {
         *           "spec_version": "1.0.13",
         *           "change": "POST of statuses is removed.",
         *           "served": "It is still there."
         *         },
         *         {
         *           "spec_version": "1.0.14",
         *           "change": "The condition Ready is removed.",
         *           "served": "It is still there, unless conditions.older_names is false."
         *         },
         *         {
         *           "spec_version": "1.0.17",
         *           "change": "The resources of all kinds have a path of their own.",
         *           "served": "It is there."
         *         },
         *         {
         *           "spec_version": "1.0.21",
         *           "change": "The kind of lists is removed.",
         *           "served": "It is still there."
         *         },
         *         {
         *           "spec_version": "1.0.24",
         *           "change": "size and order take the place of pageSize and orderBy.",
         *           "served": "Both forms are taken."
         *         }
         *       ]
         *     }
         */
        Compatibility: {
            /**
             * @description What this is.
             * @enum {string}
             */
            kind: "Compatibility";
            /** @description The version of this document. */
            spec_version: string;
            /** @description The generations of clients. */
            generations: {
                /** @description What the generation is called. */
                name: string;
                /** @description The versions of the specification it was made for. */
                spec_versions: string;
                /** @description The aggregated conditions it reads. */
                conditions: string[];
            }[];
            /** @description The changes of the specification by which clients differ, in order, and how each is served. */
            changes: {
                /** @description The first version of the specification with it. */
                spec_version: string;
                /** @description What has changed. */
                change: string;
                /** @description How clients of older and of newer versions are served. */
                served: string;
            }[];
        };
        /**
         * @description Labels by the rules of Kubernetes. A key is a name of up to 63 characters, maybe after a DNS subdomain and a slash.
         * @example {
         *       "environment": "production",
         *       "example.com/team": "fleet"
         *     }
         */
        Labels: {
            [key: string]: string;
        };
        /**
         * @description The provider's description of the resource. Stored and returned unchanged; objects and arrays nest up to 100 deep.
         * @example {
         *       "region": "us-east1",
         *       "release": {
         *         "version": "4.19.1"
         *       }
         *     }
         */
        Spec: {
            [key: string]: unknown;
        };
        /**
         * @description What a cluster is to be. Where the provider has a schema for it, getSchema tells it; any object otherwise.
         * @example {
         *       "region": "us-east1",
         *       "release": {
         *         "version": "4.19.1"
         *       }
         *     }
         */
        ClusterSpec: {
            [key: string]: unknown;
        };
        /**
         * @description What a node pool is to be. Where the provider has a schema for it, getSchema tells it; any object otherwise.
         * @example {
         *       "replicas": 3,
         *       "machine_type": "n2-standard-8"
         *     }
         */
        NodePoolSpec: {
            [key: string]: unknown;
        };
        /**
         * @description A JSON Schema.
         * @example {
         *       "$schema": "http://json-schema.org/draft-04/schema#",
         *       "type": "object",
         *       "required": [
         *         "region"
         *       ],
         *       "properties": {
         *         "region": {
         *           "type": "string"
         *         }
         *       }
         *     }
         */
        JsonSchema: {
            [key: string]: unknown;
        };
        /**
         * @description A reference to the parent of a resource.
         * @example {
         *       "id": "019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
         *       "kind": "Cluster",
         *       "href": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11"
         *     }
         */
        ObjectReference: {
            /** @description The id of the parent. */
            id: string;
            /** @description The kind of the parent. */
            kind: string;
            /** @description The path of the parent. */
            href: string;
        };
        /**
         * @description References to resources that it does not own, by their type. Each keeps its target from being deleted, until the resource itself is marked for deletion.
         * @example {
         *       "wif_config": [
         *         {
         *           "id": "019ad2a4-1f6e-7b0a-a3c5-5d1b2e9f4c77",
         *           "kind": "WifConfig",
         *           "href": "/api/hyperfleet/v1/wifconfigs/019ad2a4-1f6e-7b0a-a3c5-5d1b2e9f4c77"
         *         }
         *       ]
         *     }
         */
        References: {
            [key: string]: components["schemas"]["ResourceReference"][];
        };
        /**
         * @description A reference to a resource.
         * @example {
         *       "id": "019ad2a4-1f6e-7b0a-a3c5-5d1b2e9f4c77",
         *       "kind": "WifConfig",
         *       "href": "/api/hyperfleet/v1/wifconfigs/019ad2a4-1f6e-7b0a-a3c5-5d1b2e9f4c77"
         *     }
         */
        ResourceReference: {
            /** @description The id of the target. */
            id: string;
            /** @description The kind of the target. */
            kind: string;
            /** @description The path of the target. Absent where its kind is not known any more. */
            href?: string;
        };
        /**
         * @description A reference to set.
         * @example {
         *       "id": "019ad2a4-1f6e-7b0a-a3c5-5d1b2e9f4c77",
         *       "kind": "WifConfig"
         *     }
         */
        ResourceReferenceRequest: {
            /** @description The id of the target. */
            id: string;
            /** @description The kind of the target. */
            kind: string;
            /** @description Set by the server; accepted and ignored. */
            href?: string | null;
        };
        /**
         * @description One condition of a resource, aggregated from the reports of its adapters. Its times are those of reports, or of
         *     the change that began the current generation.
         * @example {
         *       "type": "Ready",
         *       "status": "True",
         *       "reason": "ResourceReady",
         *       "message": "All adapters report ready at current generation",
         *       "observed_generation": 1,
         *       "created_time": "2026-03-10T08:00:00.000000Z",
         *       "last_updated_time": "2026-03-10T08:01:00.000000Z",
         *       "last_transition_time": "2026-03-10T08:01:00.000000Z"
         *     }
         */
        ResourceCondition: {
            /** @description Available, Ready, Reconciled, LastKnownReconciled, or <Adapter>Successful. */
            type: string;
            /**
             * @description Whether the condition holds.
             * @enum {string}
             */
            status: "True" | "False";
            /** @description Why, in one word. */
            reason?: string;
            /** @description Why, in a sentence that names the adapters and generations concerned. */
            message?: string;
            /**
             * Format: int32
             * @description The generation that the condition speaks of.
             */
            observed_generation: number;
            /**
             * Format: date-time
             * @description Since when the resource has this condition.
             */
            created_time: string;
            /**
             * Format: date-time
             * @description The time of the oldest report that the condition rests on.
             */
            last_updated_time: string;
            /**
             * Format: date-time
             * @description Since when the status is what it is.
             */
            last_transition_time: string;
        };
        /**
         * @description What the adapters' reports amount to.
         * @example {
         *       "conditions": [
         *         {
         *           "type": "Ready",
         *           "status": "True",
         *           "reason": "ResourceReady",
         *           "message": "All adapters report ready at current generation",
         *           "observed_generation": 1,
         *           "created_time": "2026-03-10T08:00:00.000000Z",
         *           "last_updated_time": "2026-03-10T08:01:00.000000Z",
         *           "last_transition_time": "2026-03-10T08:01:00.000000Z"
         *         }
         *       ]
         *     }
         */
        ResourceStatus: {
            /**
             * @description Available, Ready, Reconciled and LastKnownReconciled, then one condition for each required adapter that has reported.
             *     Where the server is set to show no older names (`conditions.older_names`), Available and Ready are absent.
             */
            conditions: components["schemas"]["ResourceCondition"][];
        };
        /**
         * @description A Kubernetes cluster.
         * @example {
         *       "kind": "Cluster",
         *       "id": "019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
         *       "href": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
         *       "name": "my-cluster",
         *       "labels": {
         *         "environment": "production"
         *       },
         *       "spec": {
         *         "region": "us-east1",
         *         "release": {
         *           "version": "4.19.1"
         *         }
         *       },
         *       "generation": 1,
         *       "created_time": "2026-03-10T08:00:00.000000Z",
         *       "updated_time": "2026-03-10T08:00:00.000000Z",
         *       "created_by": "user@example.com",
         *       "updated_by": "user@example.com",
         *       "status": {
         *         "conditions": [
         *           {
         *             "type": "Ready",
         *             "status": "True",
         *             "reason": "ResourceReady",
         *             "message": "All adapters report ready at current generation",
         *             "observed_generation": 1,
         *             "created_time": "2026-03-10T08:00:00.000000Z",
         *             "last_updated_time": "2026-03-10T08:01:00.000000Z",
         *             "last_transition_time": "2026-03-10T08:01:00.000000Z"
         *           }
         *         ]
         *       }
         *     }
         */
        Cluster: {
            /**
             * @description The kind of the resource.
             * @enum {string}
             */
            kind: "Cluster";
            /** @description The id: opaque, unique over all kinds. */
            id: string;
            /** @description The path of the resource. */
            href: string;
            /** @description The name, unique among the resources that are not marked for deletion. */
            name: string;
            references?: components["schemas"]["References"];
            tenancy?: components["schemas"]["Tenancy"];
            labels: components["schemas"]["Labels"];
            spec: components["schemas"]["Spec"];
            /**
             * Format: int32
             * @description Rises by one when the spec or the references change by value, and with the mark for deletion. A kind may count its labels, too (`generation_on`).
             */
            generation: number;
            /**
             * Format: date-time
             * @description When the resource was created.
             */
            created_time: string;
            /**
             * Format: date-time
             * @description When its spec, labels, references or mark for deletion were last changed. Reports do not move it.
             */
            updated_time: string;
            /** @description Who created the resource. */
            created_by: string;
            /** @description Who last changed its spec, labels or references. */
            updated_by: string;
            /**
             * Format: date-time
             * @description When the resource was marked for deletion. Absent when it was not.
             */
            deleted_time?: string;
            /** @description Who marked the resource for deletion. Absent when nobody did. */
            deleted_by?: string;
            status: components["schemas"]["ResourceStatus"];
        };
        /**
         * @description To which tenant a resource belongs: the dimensions of the caller that created it, those of the parent for a child; `{}` where tenants are
         *     not kept apart. It never changes.
         * @example {
         *       "org": "acme"
         *     }
         */
        Tenancy: {
            [key: string]: string;
        };
        /**
         * @description A node pool of a cluster.
         * @example {
         *       "kind": "NodePool",
         *       "id": "019ad2a6-0b51-7e44-9b0d-6f1f6f7c2d22",
         *       "href": "/api/hyperfleet/v1/nodepools/019ad2a6-0b51-7e44-9b0d-6f1f6f7c2d22",
         *       "name": "workers",
         *       "owner_references": {
         *         "id": "019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
         *         "kind": "Cluster",
         *         "href": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11"
         *       },
         *       "labels": {
         *         "role": "worker"
         *       },
         *       "spec": {
         *         "replicas": 3,
         *         "machine_type": "n2-standard-8"
         *       },
         *       "generation": 1,
         *       "created_time": "2026-03-10T08:00:30.000000Z",
         *       "updated_time": "2026-03-10T08:00:30.000000Z",
         *       "created_by": "user@example.com",
         *       "updated_by": "user@example.com",
         *       "status": {
         *         "conditions": [
         *           {
         *             "type": "Ready",
         *             "status": "False",
         *             "reason": "AwaitingAdapters",
         *             "message": "Waiting for adapters to report status",
         *             "observed_generation": 0,
         *             "created_time": "2026-03-10T08:00:30.000000Z",
         *             "last_updated_time": "2026-03-10T08:00:30.000000Z",
         *             "last_transition_time": "2026-03-10T08:00:30.000000Z"
         *           }
         *         ]
         *       }
         *     }
         */
        NodePool: {
            /**
             * @description The kind of the resource.
             * @enum {string}
             */
            kind: "NodePool";
            /** @description The id: opaque, unique over all kinds. */
            id: string;
            /** @description The path of the resource. */
            href: string;
            /** @description The name, unique among the resources that are not marked for deletion. */
            name: string;
            owner_references: components["schemas"]["ObjectReference"];
            references?: components["schemas"]["References"];
            tenancy?: components["schemas"]["Tenancy"];
            labels: components["schemas"]["Labels"];
            spec: components["schemas"]["Spec"];
            /**
             * Format: int32
             * @description Rises by one when the spec or the references change by value, and with the mark for deletion. A kind may count its labels, too (`generation_on`).
             */
            generation: number;
            /**
             * Format: date-time
             * @description When the resource was created.
             */
            created_time: string;
            /**
             * Format: date-time
             * @description When its spec, labels, references or mark for deletion were last changed. Reports do not move it.
             */
            updated_time: string;
            /** @description Who created the resource. */
            created_by: string;
            /** @description Who last changed its spec, labels or references. */
            updated_by: string;
            /**
             * Format: date-time
             * @description When the resource was marked for deletion. Absent when it was not.
             */
            deleted_time?: string;
            /** @description Who marked the resource for deletion. Absent when nobody did. */
            deleted_by?: string;
            status: components["schemas"]["ResourceStatus"];
        };
        /**
         * @description A cluster to create.
         * @example {
         *       "kind": "Cluster",
         *       "name": "my-cluster",
         *       "labels": {
         *         "environment": "production"
         *       },
         *       "spec": {
         *         "region": "us-east1",
         *         "release": {
         *           "version": "4.19.1"
         *         }
         *       }
         *     }
         */
        ClusterCreateRequest: {
            /**
             * @description What is created.
             * @enum {string}
             */
            kind: "Cluster";
            /** @description A name in lower case letters, digits and inner hyphens. */
            name: string;
            /** @description The labels; null and absent are none. */
            labels?: {
                [key: string]: string;
            } | null;
            /** @description The references, by their type; null and absent are none. */
            references?: {
                [key: string]: components["schemas"]["ResourceReferenceRequest"][] | null;
            } | null;
            spec: components["schemas"]["ClusterSpec"];
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            id?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            href?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            owner_references?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            generation?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            created_time?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            updated_time?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            created_by?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            updated_by?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            deleted_time?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            deleted_by?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            status?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            tenancy?: unknown;
        };
        /**
         * @description A node pool to create.
         * @example {
         *       "kind": "NodePool",
         *       "name": "workers",
         *       "labels": {
         *         "role": "worker"
         *       },
         *       "spec": {
         *         "replicas": 3,
         *         "machine_type": "n2-standard-8"
         *       }
         *     }
         */
        NodePoolCreateRequest: {
            /**
             * @description What is created.
             * @enum {string}
             */
            kind: "NodePool";
            /** @description A name in lower case letters, digits and inner hyphens. */
            name: string;
            /** @description The labels; null and absent are none. */
            labels?: {
                [key: string]: string;
            } | null;
            /** @description The references, by their type; null and absent are none. */
            references?: {
                [key: string]: components["schemas"]["ResourceReferenceRequest"][] | null;
            } | null;
            spec: components["schemas"]["NodePoolSpec"];
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            id?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            href?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            owner_references?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            generation?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            created_time?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            updated_time?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            created_by?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            updated_by?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            deleted_time?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            deleted_by?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            status?: unknown;
            /** @description Set by the server; accepted and ignored in a request, so that a resource that was read can be sent again. */
            tenancy?: unknown;
        };
        /**
         * @description The changes of a cluster. Null counts as absent; one of spec, labels and references must be there.
         * @example {
         *       "spec": {
         *         "region": "us-east1"
         *       },
         *       "generation": 1
         *     }
         */
        ClusterPatchRequest: {
            /** @description The new spec, which replaces the old one whole. */
            spec?: {
                [key: string]: unknown;
            } | null;
            /** @description The new labels, which replace the old ones whole; {} clears them. */
            labels?: {
                [key: string]: string;
            } | null;
            /** @description The new references, which replace those of all types; {} removes them. */
            references?: {
                [key: string]: components["schemas"]["ResourceReferenceRequest"][] | null;
            } | null;
            /**
             * Format: int32
             * @description Precondition: the resource must be at this generation, otherwise 409.
             */
            generation?: number | null;
        };
        /**
         * @description The changes of a node pool. Null counts as absent; one of spec, labels and references must be there.
         * @example {
         *       "spec": {
         *         "replicas": 5
         *       },
         *       "generation": 1
         *     }
         */
        NodePoolPatchRequest: {
            /** @description The new spec, which replaces the old one whole. */
            spec?: {
                [key: string]: unknown;
            } | null;
            /** @description The new labels, which replace the old ones whole; {} clears them. */
            labels?: {
                [key: string]: string;
            } | null;
            /** @description The new references, which replace those of all types; {} removes them. */
            references?: {
                [key: string]: components["schemas"]["ResourceReferenceRequest"][] | null;
            } | null;
            /**
             * Format: int32
             * @description Precondition: the resource must be at this generation, otherwise 409.
             */
            generation?: number | null;
        };
        /**
         * @description The changes of a resource, as a JSON merge patch (RFC 7396). Null removes; one of spec, labels and references must be there.
         * @example {
         *       "spec": {
         *         "replicas": 5
         *       },
         *       "labels": {
         *         "environment": null
         *       }
         *     }
         */
        MergePatchRequest: {
            /** @description Merged into the spec; the result must fit the schema in force. */
            spec?: {
                [key: string]: unknown;
            };
            /** @description Merged into the labels; null clears them. */
            labels?: {
                [key: string]: string | null;
            } | null;
            /** @description Merged into the references: a type that is there replaces the references of that type, null removes them. */
            references?: {
                [key: string]: components["schemas"]["ResourceReferenceRequest"][] | null;
            } | null;
            /**
             * Format: int32
             * @description Precondition: the resource must be at this generation, otherwise 409.
             */
            generation?: number | null;
        };
        /**
         * @description Why a resource is removed by force.
         * @example {
         *       "reason": "The provider account is gone"
         *     }
         */
        ForceDeleteRequest: {
            /** @description The reason; the log keeps it. */
            reason: string;
        };
        /**
         * @description One page of clusters.
         * @example {
         *       "kind": "ClusterList",
         *       "page": 1,
         *       "size": 0,
         *       "total": 0,
         *       "items": []
         *     }
         */
        ClusterList: {
            /**
             * @description The kind of the list.
             * @enum {string}
             */
            kind: "ClusterList";
            /**
             * Format: int32
             * @description The page that was asked for.
             */
            page: number;
            /**
             * Format: int32
             * @description How many items the page has.
             */
            size: number;
            /**
             * Format: int64
             * @description How many items there are on all pages, of the same snapshot as the items.
             */
            total: number;
            /** @description The items of the page. */
            items: components["schemas"]["Cluster"][];
            /** @description In a walk by cursor: where it goes on. Absent at its end. */
            next_cursor?: string;
        };
        /**
         * @description One page of node pools.
         * @example {
         *       "kind": "NodePoolList",
         *       "page": 1,
         *       "size": 0,
         *       "total": 0,
         *       "items": []
         *     }
         */
        NodePoolList: {
            /**
             * @description The kind of the list.
             * @enum {string}
             */
            kind: "NodePoolList";
            /**
             * Format: int32
             * @description The page that was asked for.
             */
            page: number;
            /**
             * Format: int32
             * @description How many items the page has.
             */
            size: number;
            /**
             * Format: int64
             * @description How many items there are on all pages, of the same snapshot as the items.
             */
            total: number;
            /** @description The items of the page. */
            items: components["schemas"]["NodePool"][];
            /** @description In a walk by cursor: where it goes on. Absent at its end. */
            next_cursor?: string;
        };
        /**
         * @description How many resources there are in which state, of one snapshot.
         * @example {
         *       "kind": "Summary",
         *       "group_by": "labels.region",
         *       "total": 3,
         *       "conditions": {
         *         "Reconciled": {
         *           "False": 1,
         *           "True": 2
         *         }
         *       },
         *       "groups": [
         *         {
         *           "value": "us-east1",
         *           "total": 2,
         *           "conditions": {
         *             "Reconciled": {
         *               "False": 1,
         *               "True": 1
         *             }
         *           }
         *         },
         *         {
         *           "total": 1,
         *           "conditions": {
         *             "Reconciled": {
         *               "True": 1
         *             }
         *           }
         *         }
         *       ]
         *     }
         */
        ResourceSummary: {
            /**
             * @description What this is.
             * @enum {string}
             */
            kind: "Summary";
            /** @description The field of the groups, as it was asked for; absent without groups. */
            group_by?: string;
            /**
             * Format: int64
             * @description How many resources there are.
             */
            total: number;
            /** @description How many of them have each status of each condition; a status that none has is absent. */
            conditions: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            /** @description The groups, the largest first; absent without `group_by`. */
            groups?: {
                /** @description The value; absent for the resources without one. */
                value?: string;
                /**
                 * Format: int64
                 * @description How many resources there are.
                 */
                total: number;
                /** @description How many of them have each status of each condition; a status that none has is absent. */
                conditions: {
                    [key: string]: {
                        [key: string]: number;
                    };
                };
            }[];
            /** @description The groups beyond the 1,000 largest; absent where there are none. */
            others?: {
                /**
                 * Format: int64
                 * @description How many groups they are.
                 */
                groups: number;
                /**
                 * Format: int64
                 * @description How many resources there are.
                 */
                total: number;
                /** @description How many of them have each status of each condition; a status that none has is absent. */
                conditions: {
                    [key: string]: {
                        [key: string]: number;
                    };
                };
            };
        };
        /**
         * @description A request for a page of a list. Its members are the parameters of the list; null and an empty text count as absent, but an empty `cursor` begins a walk.
         * @example {
         *       "search": "deleted_time is null and generation > 1",
         *       "fields": [
         *         "name",
         *         "status.conditions"
         *       ],
         *       "size": 500
         *     }
         */
        SearchRequest: {
            /** @description Which resources to list, in the language of the parameter `search`. */
            search?: string | null;
            /** @description Only resources with these ids; an empty list finds none. An id that no resource has, or that is not visible to the caller, is absent from the answer. */
            ids?: string[] | null;
            /** @description The fields to sort by, each with a direction: `name asc, created_time desc`. */
            order?: string | null;
            /** @description Only these members, and `id`. */
            fields?: ("id" | "kind" | "href" | "name" | "owner_references" | "owner_references.id" | "owner_references.kind" | "owner_references.href" | "references" | "tenancy" | "labels" | "spec" | "generation" | "created_time" | "updated_time" | "created_by" | "updated_by" | "deleted_time" | "deleted_by" | "status" | "status.conditions" | "status.conditions.type" | "status.conditions.status" | "status.conditions.reason" | "status.conditions.message" | "status.conditions.observed_generation" | "status.conditions.created_time" | "status.conditions.last_updated_time" | "status.conditions.last_transition_time")[] | null;
            /**
             * Format: int32
             * @description How many items a page holds at the most; by default as many as in the list.
             */
            size?: number | null;
            /**
             * Format: int32
             * @description The number of the page; the first is 1, and the default.
             */
            page?: number | null;
            /** @description Walks through the list, in place of `page`: empty to begin, then the `next_cursor` of the answer before. The other members are sent again with each step. */
            cursor?: string | null;
        };
        /**
         * @description One condition in a report.
         * @example {
         *       "type": "Available",
         *       "status": "True",
         *       "reason": "AllChecksPassed",
         *       "message": "The cluster is valid"
         *     }
         */
        ConditionRequest: {
            /** @description What the condition is about: Available, Applied, Health, Finalized, or any other. */
            type: string;
            /**
             * @description Whether the condition holds.
             * @enum {string}
             */
            status: "True" | "False" | "Unknown";
            /** @description Why, in one word. */
            reason?: string | null;
            /** @description Why, in a sentence. At most 32 KiB. */
            message?: string | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description What one adapter reports on one resource. `Available`, `Applied` and `Health` must be among the conditions; with
         *     `Finalized` True, `Available` and `Applied` may be absent. An optional member that is null counts as absent. Members that
         *     this document does not know are ignored.
         * @example {
         *       "adapter": "validator",
         *       "observed_generation": 1,
         *       "observed_time": "2026-03-10T08:01:00Z",
         *       "conditions": [
         *         {
         *           "type": "Available",
         *           "status": "True",
         *           "reason": "AllChecksPassed",
         *           "message": "The cluster is valid"
         *         },
         *         {
         *           "type": "Applied",
         *           "status": "True"
         *         },
         *         {
         *           "type": "Health",
         *           "status": "True"
         *         }
         *       ],
         *       "data": {
         *         "checks": 12
         *       }
         *     }
         */
        AdapterStatusCreateRequest: {
            /** @description The adapter that reports. */
            adapter: string;
            /**
             * Format: int32
             * @description The generation of the resource that the adapter has seen.
             */
            observed_generation: number;
            /**
             * Format: date-time
             * @description When the adapter saw it, in the year 1 or later, with an offset under 16 hours. At most 5 minutes ahead of the server. Absent: the time at which the server takes the report.
             */
            observed_time?: string | null;
            /** @description The adapter's conditions, each type once. */
            conditions: components["schemas"]["ConditionRequest"][];
            /** @description Anything the adapter wants to keep; returned unchanged. */
            data?: {
                [key: string]: unknown;
            } | null;
            /** @description Anything about the adapter's own work; returned unchanged. */
            metadata?: {
                [key: string]: unknown;
            } | null;
        } & {
            [key: string]: unknown;
        };
        /**
         * @description One condition of a stored report.
         * @example {
         *       "type": "Available",
         *       "status": "True",
         *       "reason": "AllChecksPassed",
         *       "message": "The cluster is valid",
         *       "last_transition_time": "2026-03-10T08:01:00.000000Z"
         *     }
         */
        AdapterCondition: {
            /** @description What the condition is about. */
            type: string;
            /**
             * @description Whether the condition holds.
             * @enum {string}
             */
            status: "True" | "False" | "Unknown";
            /** @description Why, in one word. */
            reason?: string;
            /** @description Why, in a sentence. */
            message?: string;
            /**
             * Format: date-time
             * @description Since which report the status is what it is.
             */
            last_transition_time: string;
        };
        /**
         * @description The stored report of one adapter on one resource.
         * @example {
         *       "adapter": "validator",
         *       "observed_generation": 1,
         *       "conditions": [
         *         {
         *           "type": "Available",
         *           "status": "True",
         *           "reason": "AllChecksPassed",
         *           "message": "The cluster is valid",
         *           "last_transition_time": "2026-03-10T08:01:00.000000Z"
         *         },
         *         {
         *           "type": "Applied",
         *           "status": "True",
         *           "last_transition_time": "2026-03-10T08:01:00.000000Z"
         *         },
         *         {
         *           "type": "Health",
         *           "status": "True",
         *           "last_transition_time": "2026-03-10T08:01:00.000000Z"
         *         }
         *       ],
         *       "data": {
         *         "checks": 12
         *       },
         *       "created_time": "2026-03-10T08:01:00.000000Z",
         *       "last_report_time": "2026-03-10T08:01:00.000000Z"
         *     }
         */
        AdapterStatus: {
            /** @description The adapter. */
            adapter: string;
            /**
             * Format: int32
             * @description The generation of the resource that the adapter has seen.
             */
            observed_generation: number;
            /** @description The adapter's conditions. */
            conditions: components["schemas"]["AdapterCondition"][];
            /** @description As it was reported. */
            data: {
                [key: string]: unknown;
            };
            /** @description As it was reported; absent when it was not. */
            metadata?: {
                [key: string]: unknown;
            };
            /**
             * Format: date-time
             * @description The time of the adapter's first report.
             */
            created_time: string;
            /**
             * Format: date-time
             * @description The time of the adapter's last report.
             */
            last_report_time: string;
        };
        /**
         * @description One page of reports.
         * @example {
         *       "kind": "AdapterStatusList",
         *       "page": 1,
         *       "size": 0,
         *       "total": 0,
         *       "items": []
         *     }
         */
        AdapterStatusList: {
            /**
             * @description The kind of the list.
             * @enum {string}
             */
            kind: "AdapterStatusList";
            /**
             * Format: int32
             * @description The page that was asked for.
             */
            page: number;
            /**
             * Format: int32
             * @description How many items the page has.
             */
            size: number;
            /**
             * Format: int64
             * @description How many items there are on all pages, of the same snapshot as the items.
             */
            total: number;
            /** @description The items of the page. */
            items: components["schemas"]["AdapterStatus"][];
            /** @description In a walk by cursor: where it goes on. Absent at its end. */
            next_cursor?: string;
        };
        /**
         * @description Why the conditions of a resource are as they are.
         * @example {
         *       "generation": 2,
         *       "conditions": [
         *         {
         *           "type": "Reconciled",
         *           "status": "False",
         *           "since": "2026-03-10T08:05:00.000000Z",
         *           "rule": "True when every required adapter reports Available=True at the generation of the resource",
         *           "because": "ReconciledMissingAdapters: Required adapters not reporting Available=True: [dns]. Currently reporting: [dns, validator]",
         *           "waiting_for": [
         *             {
         *               "adapter": "dns",
         *               "state": "stale",
         *               "observed_generation": 1,
         *               "last_report_time": "2026-03-10T08:01:00.000000Z",
         *               "reason": "RecordsMade",
         *               "message": "All records resolve"
         *             }
         *           ],
         *           "children": {
         *             "total": 1,
         *             "marked": 0,
         *             "not_reconciled": 0
         *           },
         *           "references": {
         *             "total": 0,
         *             "marked": 0,
         *             "not_reconciled": 0
         *           }
         *         }
         *       ],
         *       "failed": [],
         *       "sentences": [
         *         "Cluster \"my-cluster\" is not reconciled (last transition at 2026-03-10T08:05:00.000000Z): 1 of 2 required adapters does not report Available=True on generation 2.",
         *         "Adapter dns last reported at 2026-03-10T08:01:00.000000Z on generation 1 (Available=True there); generation 2 began at 2026-03-10T08:05:00.000000Z: wait for its next report, and if none comes, check that the adapter runs and read its log."
         *       ]
         *     }
         */
        Explanation: {
            /**
             * Format: int32
             * @description The generation of the resource.
             */
            generation: number;
            /** @description Its conditions, in the order of the resource. */
            conditions: components["schemas"]["ExplainedCondition"][];
            /** @description The conditions of the configuration that could not be evaluated. They keep their former value. */
            failed: components["schemas"]["FailedCondition"][];
            /** @description The same for people: the state, then the next steps. Their wording may change. */
            sentences: string[];
        };
        /**
         * @description Why one condition is as it is.
         * @example {
         *       "type": "Reconciled",
         *       "status": "False",
         *       "since": "2026-03-10T08:05:00.000000Z",
         *       "rule": "True when every required adapter reports Available=True at the generation of the resource",
         *       "because": "ReconciledMissingAdapters: Required adapters not reporting Available=True: [dns]. Currently reporting: [dns, validator]",
         *       "waiting_for": [
         *         {
         *           "adapter": "dns",
         *           "state": "stale",
         *           "observed_generation": 1,
         *           "last_report_time": "2026-03-10T08:01:00.000000Z",
         *           "reason": "RecordsMade",
         *           "message": "All records resolve"
         *         }
         *       ],
         *       "children": {
         *         "total": 1,
         *         "marked": 0,
         *         "not_reconciled": 0
         *       },
         *       "references": {
         *         "total": 0,
         *         "marked": 0,
         *         "not_reconciled": 0
         *       }
         *     }
         */
        ExplainedCondition: {
            /** @description The type of the condition. */
            type: string;
            /**
             * @description Its status.
             * @enum {string}
             */
            status: "True" | "False";
            /**
             * Format: date-time
             * @description Its `last_transition_time`: as a rule the time of a report, not of its arrival.
             */
            since: string;
            /** @description The rule that it follows, in one sentence. Its wording may change. */
            rule: string;
            /** @description Its reason and message. */
            because: string;
            /** @description The required adapters that keep it from being True, by name; with True, those that may end that. */
            waiting_for: components["schemas"]["AwaitedAdapter"][];
            children?: components["schemas"]["RelatedCounts"];
            references?: components["schemas"]["RelatedCounts"];
        };
        /**
         * @description A condition of the configuration whose expression fails.
         * @example {
         *       "type": "Provisioned",
         *       "reason": "status: no such key: region"
         *     }
         */
        FailedCondition: {
            /** @description The type of the condition. */
            type: string;
            /** @description The expression that fails, and why. */
            reason: string;
        };
        /**
         * @description A required adapter whose last report does not confirm the resource.
         * @example {
         *       "adapter": "dns",
         *       "state": "stale",
         *       "observed_generation": 1,
         *       "last_report_time": "2026-03-10T08:01:00.000000Z",
         *       "reason": "RecordsMade",
         *       "message": "All records resolve"
         *     }
         */
        AwaitedAdapter: {
            /** @description The adapter. */
            adapter: string;
            /**
             * @description `silent`: it has not reported; `stale`: on an older generation; `future`: on a generation that the resource has not reached; `unknown`,
             *     `unavailable`: its Available is Unknown, False; `not_finalized`: on a resource marked for deletion, without Finalized=True.
             * @enum {string}
             */
            state: "silent" | "stale" | "unavailable" | "unknown" | "future" | "not_finalized";
            /**
             * Format: int32
             * @description The generation of its last report.
             */
            observed_generation?: number;
            /**
             * Format: date-time
             * @description The time of its last report.
             */
            last_report_time?: string;
            /** @description The reason of its Available. */
            reason?: string;
            /** @description The message of its Available. */
            message?: string;
        };
        /**
         * @description The number of related resources; of `children`, those below the resource, and of `references`, those that it refers to.
         * @example {
         *       "total": 1,
         *       "marked": 0,
         *       "not_reconciled": 0
         *     }
         */
        RelatedCounts: {
            /**
             * Format: int32
             * @description All of them.
             */
            total: number;
            /**
             * Format: int32
             * @description Those marked for deletion.
             */
            marked: number;
            /**
             * Format: int32
             * @description Those whose Reconciled is False.
             */
            not_reconciled: number;
        };
        /**
         * @description Changes after a token.
         * @example {
         *       "kind": "ChangeList",
         *       "items": [],
         *       "next": "yCYxqM4mJ2p0lC0vQhQX1A"
         *     }
         */
        ChangeList: {
            /**
             * @description The kind of the list.
             * @enum {string}
             */
            kind: "ChangeList";
            /** @description The changes, in order. */
            items: components["schemas"]["Change"][];
            /** @description The token to go on from. */
            next: string;
        };
        /**
         * @description One page of the changes of a resource, newest first.
         * @example {
         *       "kind": "ResourceChangeList",
         *       "page": 1,
         *       "size": 0,
         *       "total": 0,
         *       "items": []
         *     }
         */
        ResourceChangeList: {
            /**
             * @description The kind of the list.
             * @enum {string}
             */
            kind: "ResourceChangeList";
            /**
             * Format: int32
             * @description The number of the page.
             */
            page: number;
            /**
             * Format: int32
             * @description How many items the page has.
             */
            size: number;
            /**
             * Format: int64
             * @description How many changes are kept, on all pages.
             */
            total: number;
            /** @description The changes, newest first. */
            items: components["schemas"]["Change"][];
        };
        /**
         * @description One page of the generations of a resource whose state is kept, newest first.
         * @example {
         *       "kind": "GenerationList",
         *       "page": 1,
         *       "size": 0,
         *       "total": 0,
         *       "items": []
         *     }
         */
        GenerationList: {
            /**
             * @description The kind of the list.
             * @enum {string}
             */
            kind: "GenerationList";
            /**
             * Format: int32
             * @description The number of the page.
             */
            page: number;
            /**
             * Format: int32
             * @description How many items the page has.
             */
            size: number;
            /**
             * Format: int64
             * @description How many generations are kept, on all pages.
             */
            total: number;
            /** @description The generations, newest first, without labels, spec and references. */
            items: components["schemas"]["Generation"][];
        };
        /**
         * @description A generation of a resource. Members of its beginning are absent where that is no longer kept.
         * @example {
         *       "generation": 2,
         *       "time": "2026-03-10T09:00:00.000000Z",
         *       "type": "changed",
         *       "caller": "admin@example.com",
         *       "changed": [
         *         "spec",
         *         "Ready",
         *         "Reconciled"
         *       ],
         *       "labels": {
         *         "environment": "production"
         *       },
         *       "spec": {
         *         "region": "eu-west-1"
         *       },
         *       "diff": [
         *         {
         *           "op": "replace",
         *           "path": "/spec/region",
         *           "value": "eu-west-1"
         *         }
         *       ]
         *     }
         */
        Generation: {
            /**
             * Format: int32
             * @description Its number.
             */
            generation: number;
            /**
             * Format: date-time
             * @description When it began.
             */
            time?: string;
            /**
             * @description How it began.
             * @enum {string}
             */
            type?: "created" | "changed" | "marked";
            /** @description Who has begun it. */
            caller?: string;
            /** @description What its beginning has changed (Change). */
            changed?: string[];
            labels?: components["schemas"]["Labels"];
            spec?: components["schemas"]["Spec"];
            references?: components["schemas"]["References"];
            /** @description A JSON Patch (RFC 6902) that makes labels, spec and references of the generation of the parameter `diff` into those of this one. */
            diff?: components["schemas"]["PatchOperation"][];
        };
        /**
         * @description One operation of a JSON Patch (RFC 6902).
         * @example {
         *       "op": "replace",
         *       "path": "/spec/region",
         *       "value": "eu-west-1"
         *     }
         */
        PatchOperation: {
            /**
             * @description The operation.
             * @enum {string}
             */
            op: "add" | "remove" | "replace";
            /** @description Where, as a JSON Pointer (RFC 6901). */
            path: string;
            /** @description The new value, of any type; absent where it is removed. */
            value?: unknown;
        };
        /**
         * @description One visible change of a resource, or the resource as it is (`state`).
         * @example {
         *       "token": "yCYxqM4mJ2p0lC0vQhQX1A",
         *       "time": "2026-03-10T08:01:00.000000Z",
         *       "type": "reported",
         *       "kind": "Cluster",
         *       "id": "019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
         *       "version": 3,
         *       "generation": 1,
         *       "adapter": "validation",
         *       "changed": [
         *         "Reconciled"
         *       ]
         *     }
         */
        Change: {
            /** @description The token to go on from after this change. */
            token: string;
            /**
             * Format: date-time
             * @description When it was written. Another change may have been readable before an older one. Absent in `state`.
             */
            time?: string;
            /**
             * @description The change: of spec, labels, references or tenancy (`changed`), of conditions alone (`reported`), a mark for deletion (`marked`), or the end
             *     of the record (`removed`). Or none: the resource as it is (`state`).
             * @enum {string}
             */
            type: "created" | "changed" | "reported" | "marked" | "removed" | "state";
            /**
             * @description Of type `removed`: the resource is still there, and does not match the search.
             * @enum {boolean}
             */
            left?: true;
            /** @description The kind of the resource. */
            kind: string;
            /** @description The id of the resource. */
            id: string;
            /** @description The id of its parent, where it has one. */
            owner_id?: string;
            /**
             * Format: int32
             * @description The version of the resource after the change, as in its entity tag. It rises by one with each; of a removed resource, it is the last.
             */
            version: number;
            /**
             * Format: int32
             * @description The generation of the resource after the change.
             */
            generation: number;
            /** @description Who has created, changed, marked or removed it, where a caller has. */
            caller?: string;
            /** @description Whose report has led to the change, where one has. */
            adapter?: string;
            /** @description Why it was removed by force, where it was. */
            reason?: string;
            /** @description What differs: the members spec, labels, references, tenancy and deleted_time, and the types of the conditions that differ in anything but their times. Absent in `state`. */
            changed?: string[];
            /** @description The members of the resource that `fields` asks for. */
            resource?: {
                [key: string]: unknown;
            };
        };
        /**
         * @description One rule that a request breaks.
         * @example {
         *       "field": "conditions[0].status",
         *       "message": "must be one of True, False, Unknown",
         *       "constraint": "enum"
         *     }
         */
        ValidationError: {
            /** @description Where: a dotted path such as spec.nodes or conditions[0].status, or the name of a parameter. */
            field: string;
            /** @description What is wrong. */
            message: string;
            /** @description What was sent. */
            value?: unknown;
            /**
             * Format: int32
             * @description Of a search, the character at which it cannot be understood, from 0, where that is known.
             */
            position?: number;
            /** @description The rule, where it is one of required, min, max, min_length, max_length, pattern, enum, format and unique. */
            constraint?: string;
        };
        /**
         * @description Writes that are done in one request.
         * @example {
         *       "atomic": true,
         *       "operations": [
         *         {
         *           "method": "PATCH",
         *           "path": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
         *           "body": {
         *             "labels": {
         *               "tier": "gold"
         *             }
         *           }
         *         }
         *       ]
         *     }
         */
        BatchRequest: {
            /** @description Whether all are done, or none. */
            atomic: boolean;
            /** @description The writes, in the order in which they are done. */
            operations: components["schemas"]["BatchOperation"][];
        };
        /**
         * @description A write, as a request of its own would have it.
         * @example {
         *       "method": "PATCH",
         *       "path": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
         *       "headers": {
         *         "If-Match": "\"3\""
         *       },
         *       "body": {
         *         "labels": {
         *           "tier": "gold"
         *         }
         *       }
         *     }
         */
        BatchOperation: {
            /**
             * @description The method.
             * @enum {string}
             */
            method: "POST" | "PUT" | "PATCH" | "DELETE";
            /** @description The path, with or without `/api/hyperfleet/v1` at its beginning. */
            path: string;
            /** @description `If-Match`, `Idempotency-Key` and `Content-Type`, which is `application/json` unless it says otherwise. */
            headers?: {
                [key: string]: string;
            } | null;
            /** @description The body, where the operation has one. */
            body?: unknown;
        };
        /**
         * @description The answers to the operations of a batch.
         * @example {
         *       "results": [
         *         {
         *           "status": 204,
         *           "headers": {}
         *         }
         *       ]
         *     }
         */
        BatchResults: {
            /** @description The answers, in the order of the operations. */
            results: components["schemas"]["BatchResult"][];
        };
        /**
         * @description The answer to one operation of a batch.
         * @example {
         *       "status": 204,
         *       "headers": {}
         *     }
         */
        BatchResult: {
            /** @description The HTTP status of the operation alone. */
            status: number;
            /** @description The headers of the answer, their names in lower case. */
            headers: {
                [key: string]: string;
            };
            /** @description The body of the answer, where it has one: a resource, a report, or a problem (`ProblemDetails`). */
            body?: unknown;
        };
        /**
         * @description An error, by RFC 9457.
         * @example {
         *       "type": "https://api.hyperfleet.io/errors/resource-not-found",
         *       "title": "Resource not found",
         *       "status": 404,
         *       "detail": "Cluster with id='019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11' not found",
         *       "instance": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
         *       "code": "HYPERFLEET-NTF-001",
         *       "timestamp": "2026-03-10T08:01:00.000000Z",
         *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
         *     }
         */
        ProblemDetails: {
            /**
             * Format: uri
             * @description The kind of error.
             */
            type: string;
            /** @description The kind of error in words. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @description What happened in this case. */
            detail: string;
            /** @description The path of the request. */
            instance: string;
            /** @description The stable code of the error, one of `x-codes`. Clients must take others as well, since codes are added. */
            code: string;
            /**
             * Format: date-time
             * @description When it happened.
             */
            timestamp: string;
            /** @description The trace id (W3C) under which the log has more. */
            trace_id: string;
            /** @description The violations, where there are any: all of them, or the first 100. */
            errors?: components["schemas"]["ValidationError"][];
            /** @description Of an atomic batch: the place of the operation that has failed, from 0 on. */
            index?: number;
            /** @description Of an atomic batch: the problem that this operation has, as it would have it alone. */
            problem?: {
                [key: string]: unknown;
            };
        };
    };
    responses: {
        /** @description The request breaks a rule of this document. `errors` names all violations. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/validation-error",
                 *       "title": "Validation error",
                 *       "status": 400,
                 *       "detail": "The request breaks 1 rule",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-VAL-000",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                 *       "errors": [
                 *         {
                 *           "field": "name",
                 *           "message": "must NOT have more than 53 characters",
                 *           "constraint": "max_length"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /**
         * @description There is no token, or a write has one that does not say who calls (`HYPERFLEET-AUT-001`); the token is not taken
         *     (`HYPERFLEET-AUT-002`), or has expired (`HYPERFLEET-AUT-003`). Nothing was done. Another token is needed: trying again does not help.
         */
        Unauthorized: {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/invalid-credentials",
                 *       "title": "Invalid credentials",
                 *       "status": 401,
                 *       "detail": "The token has expired: send a new one",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-AUT-003",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /**
         * @description The caller has no tenancy, where tenants are kept apart, or the rules of this server do not let it do this (`HYPERFLEET-AUZ-001`). Nothing
         *     was done; trying again does not help. A resource that is not visible to the caller is 404, not 403.
         */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/permission-denied",
                 *       "title": "Permission Denied",
                 *       "status": 403,
                 *       "detail": "The caller has no permission for delete on Cluster",
                 *       "instance": "/api/hyperfleet/v1/clusters/019cd6d4-8a00-7c3d-9d52-1f0e6b7a4c01",
                 *       "code": "HYPERFLEET-AUZ-001",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The caller has made more requests than the operator of this server lets one make in some time. Nothing was done; `Retry-After` says when to come back. */
        TooManyRequests: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/rate-limit-exceeded",
                 *       "title": "Rate limit exceeded",
                 *       "status": 429,
                 *       "detail": "More than 600 requests in 1m; try again later",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-LMT-001",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description There is no such resource, or its parent is another one. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/resource-not-found",
                 *       "title": "Resource not found",
                 *       "status": 404,
                 *       "detail": "Cluster with id='019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11' not found",
                 *       "instance": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
                 *       "code": "HYPERFLEET-NTF-001",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /**
         * @description The name is taken, the generation is another one, the state of the resource does not allow the request (it is marked for
         *     deletion, or it is not; children or resources that refer to it keep it from being deleted), or a request with the same Idempotency-Key still runs (`Retry-After` says when to come back).
         */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/resource-conflict",
                 *       "title": "Resource conflict",
                 *       "status": 409,
                 *       "detail": "Cluster with name='my-cluster' already exists",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-CNF-001",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The token is older than the changes that are kept, or another database has given it. */
        Gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/token-expired",
                 *       "title": "Token expired",
                 *       "status": 410,
                 *       "detail": "The token is older than the changes that are kept, or of another database: begin again with since=start",
                 *       "instance": "/api/hyperfleet/v1/changes",
                 *       "code": "HYPERFLEET-GON-001",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The batch itself was refused, or it is atomic and its operation at `index` has failed: nothing was done. `problem` is then the problem of this operation. */
        BatchFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/resource-conflict",
                 *       "title": "Resource conflict",
                 *       "status": 409,
                 *       "detail": "Operation 1 (POST /api/hyperfleet/v1/clusters) failed, and nothing was done: Cluster with name='my-cluster' already exists",
                 *       "instance": "/api/hyperfleet/v1/batch",
                 *       "code": "HYPERFLEET-CNF-001",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                 *       "index": 1,
                 *       "problem": {
                 *         "type": "https://api.hyperfleet.io/errors/resource-conflict",
                 *         "title": "Resource conflict",
                 *         "status": 409,
                 *         "detail": "Cluster with name='my-cluster' already exists",
                 *         "instance": "/api/hyperfleet/v1/clusters",
                 *         "code": "HYPERFLEET-CNF-001",
                 *         "timestamp": "2026-03-10T08:01:00.000000Z",
                 *         "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description Any other error, such as 405, 408 or 431. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/method-not-allowed",
                 *       "title": "Method not allowed",
                 *       "status": 405,
                 *       "detail": "PUT is not a method of /api/hyperfleet/v1/clusters",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-VAL-013",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The caller has this version already. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The resource has changed since the caller saw it; read it again. */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/version-conflict",
                 *       "title": "Version conflict",
                 *       "status": 412,
                 *       "detail": "Cluster with id='019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11' has changed: its entity tag is now \"4\"",
                 *       "instance": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11",
                 *       "code": "HYPERFLEET-CNF-002",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The Idempotency-Key was used with another body. */
        KeyReused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/validation-error",
                 *       "title": "Validation error",
                 *       "status": 422,
                 *       "detail": "This Idempotency-Key was used with another body",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-VAL-000",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The body is larger than the server takes (1 MiB unless configured otherwise). */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/payload-too-large",
                 *       "title": "Payload too large",
                 *       "status": 413,
                 *       "detail": "The body is larger than 1048576 bytes",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-VAL-010",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The body is of a media type that the operation does not take. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/unsupported-media-type",
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "detail": "The body must be one of: application/json",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-VAL-011",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description A defect of the server. The log has more, under the same `trace_id`. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/internal-error",
                 *       "title": "Internal error",
                 *       "status": 500,
                 *       "detail": "The server failed; the log has more under this trace_id",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-INT-001",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The database or the keys of an issuer cannot be reached, or the server has too much to do. Try again; where the connection was lost on the way, a change may have been made. */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/service-unavailable",
                 *       "title": "Service unavailable",
                 *       "status": 503,
                 *       "detail": "The database cannot be reached",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-SVC-001",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
        /** @description The request took longer than it may. A change may have been made nevertheless; read before trying again, or use an Idempotency-Key. */
        Timeout: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "https://api.hyperfleet.io/errors/service-timeout",
                 *       "title": "Service timeout",
                 *       "status": 504,
                 *       "detail": "The database took too long",
                 *       "instance": "/api/hyperfleet/v1/clusters",
                 *       "code": "HYPERFLEET-SVC-002",
                 *       "timestamp": "2026-03-10T08:01:00.000000Z",
                 *       "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
                 *     }
                 */
                "application/problem+json": components["schemas"]["ProblemDetails"];
            };
        };
    };
    parameters: {
        /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
        cluster_id: string;
        /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
        nodepool_id: string;
        /** @description A kind of resource, such as Cluster. */
        kind: string;
        /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
        page: number;
        /**
         * @description How many items a page holds at the most. A page whose items have more bytes than a server allows (16 MiB, unless it is
         *     configured otherwise) is refused with 400, and the violation (of `size`, `max`) names the size that fits; `fields` makes items smaller, and
         *     a page with `cursor` is cut short instead. One item is never too large.
         */
        size: number;
        /**
         * @description How many reports a page holds at the most. A page whose reports have more bytes than a server allows (16 MiB, unless it is
         *     configured otherwise) is refused with 400, and the violation (of `size`, `max`) names the size that fits. One report is never too large.
         */
        statusSize: number;
        /** @description How many items a page holds at the most. */
        historySize: number;
        /** @description The number of a generation of the resource. */
        past_generation: number;
        /** @description The number of the generation to compare with. */
        diff: number;
        /**
         * @deprecated
         * @description The older name of `size`. When both are given they must be equal.
         */
        pageSize: number;
        /**
         * @description The fields to sort by, each with a direction: `name asc, created_time desc`. Exactly `asc` or `desc` is the
         *     direction of `orderBy` instead. Sortable: id, name, kind, href, generation, created_time, updated_time,
         *     deleted_time, created_by, updated_by, deleted_by. Empty values come last; ties are broken by id.
         */
        order: string;
        /**
         * @deprecated
         * @description The field to sort by, with `order` as its direction (older clients); asc when there is none. The fields are those of `order`.
         */
        orderBy: string;
        /**
         * @description Which resources to list: `name = 'my-cluster'`, `labels.environment in ('staging', 'development')`,
         *     `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`.
         *
         *     Operators: `= == != <> < <= > >=`, `[not] like`, `[not] ilike`, `[not] in`, `[not] between … and …`,
         *     `is [not] null`, `and`, `or`, `not`, parentheses. Fields: id, name, kind, href, owner_id, owner_kind, generation, created_time,
         *     updated_time, deleted_time, created_by, updated_by, deleted_by, tenancy; `tenancy.<dimension>`, `labels.<key>`, `references.<type>`, `spec.<member>.<member>`
         *     (`labels['…']`, `spec['…']` for names with other characters); `status.conditions.<Type>` with `.reason`,
         *     `.observed_generation`, `.last_updated_time`, `.last_transition_time`. Texts stand in quotes. What a resource lacks is
         *     null: no comparison finds it, `is null` does. A kind, label key or condition type that cannot exist is refused.
         *     Nesting goes to 32, lists to 1000 values.
         */
        search: string;
        /**
         * @description Only these members, and `id`; what is not asked for is not read. Members that a resource lacks stay absent. Such an answer need not
         *     fit the schema of the resource: typed clients that check answers for required members cannot use it. `fields=a,b`, `fields=a&fields=b`
         *     and `fields[]=a&fields[]=b` are the same.
         */
        fields: ("id" | "kind" | "href" | "name" | "owner_references" | "owner_references.id" | "owner_references.kind" | "owner_references.href" | "references" | "tenancy" | "labels" | "spec" | "generation" | "created_time" | "updated_time" | "created_by" | "updated_by" | "deleted_time" | "deleted_by" | "status" | "status.conditions" | "status.conditions.type" | "status.conditions.status" | "status.conditions.reason" | "status.conditions.message" | "status.conditions.observed_generation" | "status.conditions.created_time" | "status.conditions.last_updated_time" | "status.conditions.last_transition_time")[];
        /**
         * @deprecated
         * @description Accepted and ignored (older clients).
         */
        ignoredSearch: string;
        /**
         * @description Walks through the list, in place of `page` (both are refused): empty to begin, then the `next_cursor` of the answer before, until there is
         *     none. Search and order are sent again with each step. A walk sees every resource that exists and matches
         *     all the while exactly once, whatever is written meanwhile, and costs the same at any depth. It can be ordered by what
         *     does not change: id, created_time, name, kind, created_by. `total` is that of the walk's beginning. A page may hold fewer
         *     items than `size`, where more would be too many bytes: only an answer without `next_cursor` is the last.
         */
        cursor: string;
        /**
         * @description The fields to sort by, each with a direction: `last_report_time desc`. Exactly `asc` or `desc` is the
         *     direction of `orderBy` instead. Sortable: adapter, observed_generation, created_time, last_report_time.
         */
        statusOrder: string;
        /**
         * @deprecated
         * @description The field to sort by, with `order` as its direction (older clients); asc when there is none. The fields are those of `order`.
         */
        statusOrderBy: string;
        /**
         * @description Which reports to list: `adapter = 'validator'`, `last_report_time < now() - 30m`; the language is that of the search for
         *     resources. Fields: adapter, observed_generation, created_time, last_report_time.
         */
        statusSearch: string;
        /**
         * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
         *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
         */
        dry_run: boolean;
        /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
        "If-Match": string;
        /** @description Answer 304 without a body when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`). */
        "If-None-Match": string;
        /**
         * @description A key that the client makes up for this request. Sent again with the same body within 24 hours, the request is answered as the
         *     first time and creates nothing; with another body it is refused with 422, and while the first one runs with 409.
         */
        "Idempotency-Key": string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The entity tag of the resource. It differs after every visible change, one of conditions by a report included. A compressed answer
         *     has one of its own, such as `"3-gzip"`; preconditions take either.
         * @example "3"
         */
        ETag: string;
        /**
         * @description Present where the request had `dry_run=true`; nothing was kept.
         * @example true
         */
        "HyperFleet-Dry-Run": "true";
        /**
         * @description A token from which `GET /changes` tells every change that the list does not have; changes of the last moment before the list may be told again. Absent where the server does not know one, such as while its database cannot be asked.
         * @example yCYxqM4mJ2p0lC0vQhQX1A
         */
        "HyperFleet-Token": string;
        /**
         * @description The `href` of the resource.
         * @example /api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11
         */
        Location: string;
        /**
         * @description Which rule discarded the report.
         * @example stale-generation
         */
        "HyperFleet-Discarded": "future-generation" | "stale-generation" | "stale-time" | "unknown";
        /**
         * @description After how many seconds to try again.
         * @example 1
         */
        "Retry-After": number;
        /**
         * @description The scheme that is asked for, and what is wrong with the token (RFC 6750).
         * @example Bearer realm="hyperfleet-api", error="invalid_token", error_description="The token has expired: send a new one"
         */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the server is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "hyperfleet",
                     *       "kind": "API",
                     *       "href": "/api/hyperfleet/v1",
                     *       "version": "0.1.0",
                     *       "build_time": "2026-03-01T00:00:00.000000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Metadata"];
                };
            };
            400: components["responses"]["BadRequest"];
            default: components["responses"]["Problem"];
        };
    };
    getVersionMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the server is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "hyperfleet",
                     *       "kind": "API",
                     *       "href": "/api/hyperfleet/v1",
                     *       "version": "0.1.0",
                     *       "build_time": "2026-03-01T00:00:00.000000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Metadata"];
                };
            };
            400: components["responses"]["BadRequest"];
            default: components["responses"]["Problem"];
        };
    };
    getCompatibility: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The versions served. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "Compatibility",
                     *       "spec_version": "1.0.25",
                     *       "generations": [
                     *         {
                     *           "name": "first",
                     *           "spec_versions": "1.0.2 - 1.0.10",
                     *           "conditions": [
                     *             "Available",
                     *             "Ready"
                     *           ]
                     *         },
                     *         {
                     *           "name": "second",
                     *           "spec_versions": "1.0.11 - 1.0.25",
                     *           "conditions": [
                     *             "LastKnownReconciled",
                     *             "Reconciled"
                     *           ]
                     *         }
                     *       ],
                     *       "changes": [
                     *         {
                     *           "spec_version": "1.0.11",
                     *           "change": "The condition LastKnownReconciled is added.",
                     *           "served": "It is there on every resource."
                     *         },
                     *         {
                     *           "spec_version": "1.0.13",
                     *           "change": "POST of statuses is removed.",
                     *           "served": "It is still there."
                     *         },
                     *         {
                     *           "spec_version": "1.0.14",
                     *           "change": "The condition Ready is removed.",
                     *           "served": "It is still there, unless conditions.older_names is false."
                     *         },
                     *         {
                     *           "spec_version": "1.0.17",
                     *           "change": "The resources of all kinds have a path of their own.",
                     *           "served": "It is there."
                     *         },
                     *         {
                     *           "spec_version": "1.0.21",
                     *           "change": "The kind of lists is removed.",
                     *           "served": "It is still there."
                     *         },
                     *         {
                     *           "spec_version": "1.0.24",
                     *           "change": "size and order take the place of pageSize and orderBy.",
                     *           "served": "Both forms are taken."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Compatibility"];
                };
            };
            400: components["responses"]["BadRequest"];
            default: components["responses"]["Problem"];
        };
    };
    getSchema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A kind of resource, such as Cluster. */
                kind: components["parameters"]["kind"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema in force. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "$schema": "http://json-schema.org/draft-04/schema#",
                     *       "type": "object",
                     *       "required": [
                     *         "region"
                     *       ],
                     *       "properties": {
                     *         "region": {
                     *           "type": "string"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["JsonSchema"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Problem"];
        };
    };
    postBatch: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /**
                 * @description A key that the client makes up for this request. Sent again with the same body within 24 hours, the request is answered as the
                 *     first time and creates nothing; with another body it is refused with 422, and while the first one runs with 409.
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The operations. The body may be eight times as large as another one (8 MiB, unless the server is configured otherwise), and the body of an operation as large as that of a request. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "atomic": false,
                 *       "operations": [
                 *         {
                 *           "method": "POST",
                 *           "path": "/api/hyperfleet/v1/clusters",
                 *           "headers": {
                 *             "Idempotency-Key": "5f0c6b1e"
                 *           },
                 *           "body": {
                 *             "kind": "Cluster",
                 *             "name": "my-cluster",
                 *             "spec": {
                 *               "region": "us-east1",
                 *               "release": {
                 *                 "version": "4.19.1"
                 *               }
                 *             }
                 *           }
                 *         },
                 *         {
                 *           "method": "DELETE",
                 *           "path": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description The answers to the operations, in their order. */
            200: {
                headers: {
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "results": [
                     *         {
                     *           "status": 201,
                     *           "headers": {
                     *             "content-type": "application/json",
                     *             "etag": "\"1\"",
                     *             "location": "/api/hyperfleet/v1/clusters/019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11"
                     *           },
                     *           "body": {
                     *             "kind": "Cluster",
                     *             "name": "my-cluster"
                     *           }
                     *         },
                     *         {
                     *           "status": 404,
                     *           "headers": {
                     *             "content-type": "application/problem+json"
                     *           },
                     *           "body": {
                     *             "status": 404,
                     *             "code": "HYPERFLEET-NTF-001"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BatchResults"];
                };
            };
            400: components["responses"]["BatchFailed"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["BatchFailed"];
            404: components["responses"]["BatchFailed"];
            405: components["responses"]["BatchFailed"];
            409: components["responses"]["BatchFailed"];
            412: components["responses"]["BatchFailed"];
            413: components["responses"]["BatchFailed"];
            415: components["responses"]["BatchFailed"];
            422: components["responses"]["BatchFailed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getChanges: {
        parameters: {
            query?: {
                /**
                 * @description The token after which changes are told; without it, only those that come from now on. With `start`, first the resources that there are,
                 *     as entries of the type `state` in the order of their ids, and then the changes: none is missed in between, and one that `state` has already may be told.
                 */
                since?: string;
                /** @description Only changes of resources of this kind. */
                kind?: string;
                /**
                 * @description Which resources to list: `name = 'my-cluster'`, `labels.environment in ('staging', 'development')`,
                 *     `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`.
                 *
                 *     Operators: `= == != <> < <= > >=`, `[not] like`, `[not] ilike`, `[not] in`, `[not] between … and …`,
                 *     `is [not] null`, `and`, `or`, `not`, parentheses. Fields: id, name, kind, href, owner_id, owner_kind, generation, created_time,
                 *     updated_time, deleted_time, created_by, updated_by, deleted_by, tenancy; `tenancy.<dimension>`, `labels.<key>`, `references.<type>`, `spec.<member>.<member>`
                 *     (`labels['…']`, `spec['…']` for names with other characters); `status.conditions.<Type>` with `.reason`,
                 *     `.observed_generation`, `.last_updated_time`, `.last_transition_time`. Texts stand in quotes. What a resource lacks is
                 *     null: no comparison finds it, `is null` does. A kind, label key or condition type that cannot exist is refused.
                 *     Nesting goes to 32, lists to 1000 values.
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only these members, and `id`; what is not asked for is not read. Members that a resource lacks stay absent. Such an answer need not
                 *     fit the schema of the resource: typed clients that check answers for required members cannot use it. `fields=a,b`, `fields=a&fields=b`
                 *     and `fields[]=a&fields[]=b` are the same.
                 */
                fields?: components["parameters"]["fields"];
                /** @description How many changes an answer has at the most, 100 unless it says otherwise. Not for streams. */
                limit?: number;
                /**
                 * @description How long to wait for a change where there is none, such as `30s`; up to two minutes. Without it, not at all. A server that shuts down answers at once. Not for streams.
                 * @example 30s
                 */
                wait?: string;
            };
            header?: {
                /** @description The id of the last event of a stream, instead of `since`. Browsers send it when they open a stream again. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changes; none where there was none in time. Or the stream, which goes on until one of both sides ends it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "ChangeList",
                     *       "items": [],
                     *       "next": "yCYxqM4mJ2p0lC0vQhQX1A"
                     *     }
                     */
                    "application/json": components["schemas"]["ChangeList"];
                    /**
                     * @example retry: 1000
                     *
                     *     id: yCYxqM4mJ2p0lC0vQhQX1A
                     *     event: created
                     *     data: {"token":"yCYxqM4mJ2p0lC0vQhQX1A","type":"created","time":"2026-03-10T08:01:00.000000Z","kind":"Cluster","id":"019ad2a5-7d3c-7cc0-8f2e-3c1f5e0a9b11","version":1,"generation":1,"caller":"user@example.com","changed":[]}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            410: components["responses"]["Gone"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getSummary: {
        parameters: {
            query?: {
                /** @description Only resources of this kind. */
                kind?: string;
                /**
                 * @description `labels.<key>` or `spec.<member>.<member>` (`labels['…']`, `spec['…']` for names with other characters): one group for each value as a text, of which
                 *     the first 256 characters count, and one without `value` for the resources that lack it. `condition`, the default: no groups.
                 */
                group_by?: string;
                /**
                 * @description Which resources to list: `name = 'my-cluster'`, `labels.environment in ('staging', 'development')`,
                 *     `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`.
                 *
                 *     Operators: `= == != <> < <= > >=`, `[not] like`, `[not] ilike`, `[not] in`, `[not] between … and …`,
                 *     `is [not] null`, `and`, `or`, `not`, parentheses. Fields: id, name, kind, href, owner_id, owner_kind, generation, created_time,
                 *     updated_time, deleted_time, created_by, updated_by, deleted_by, tenancy; `tenancy.<dimension>`, `labels.<key>`, `references.<type>`, `spec.<member>.<member>`
                 *     (`labels['…']`, `spec['…']` for names with other characters); `status.conditions.<Type>` with `.reason`,
                 *     `.observed_generation`, `.last_updated_time`, `.last_transition_time`. Texts stand in quotes. What a resource lacks is
                 *     null: no comparison finds it, `is null` does. A kind, label key or condition type that cannot exist is refused.
                 *     Nesting goes to 32, lists to 1000 values.
                 */
                search?: components["parameters"]["search"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "Summary",
                     *       "group_by": "labels.region",
                     *       "total": 3,
                     *       "conditions": {
                     *         "Reconciled": {
                     *           "False": 1,
                     *           "True": 2
                     *         }
                     *       },
                     *       "groups": [
                     *         {
                     *           "value": "us-east1",
                     *           "total": 2,
                     *           "conditions": {
                     *             "Reconciled": {
                     *               "False": 1,
                     *               "True": 1
                     *             }
                     *           }
                     *         },
                     *         {
                     *           "total": 1,
                     *           "conditions": {
                     *             "Reconciled": {
                     *               "True": 1
                     *             }
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ResourceSummary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getClusters: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /**
                 * @description How many items a page holds at the most. A page whose items have more bytes than a server allows (16 MiB, unless it is
                 *     configured otherwise) is refused with 400, and the violation (of `size`, `max`) names the size that fits; `fields` makes items smaller, and
                 *     a page with `cursor` is cut short instead. One item is never too large.
                 */
                size?: components["parameters"]["size"];
                /**
                 * @deprecated
                 * @description The older name of `size`. When both are given they must be equal.
                 */
                pageSize?: components["parameters"]["pageSize"];
                /**
                 * @description The fields to sort by, each with a direction: `name asc, created_time desc`. Exactly `asc` or `desc` is the
                 *     direction of `orderBy` instead. Sortable: id, name, kind, href, generation, created_time, updated_time,
                 *     deleted_time, created_by, updated_by, deleted_by. Empty values come last; ties are broken by id.
                 */
                order?: components["parameters"]["order"];
                /**
                 * @deprecated
                 * @description The field to sort by, with `order` as its direction (older clients); asc when there is none. The fields are those of `order`.
                 */
                orderBy?: components["parameters"]["orderBy"];
                /**
                 * @description Which resources to list: `name = 'my-cluster'`, `labels.environment in ('staging', 'development')`,
                 *     `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`.
                 *
                 *     Operators: `= == != <> < <= > >=`, `[not] like`, `[not] ilike`, `[not] in`, `[not] between … and …`,
                 *     `is [not] null`, `and`, `or`, `not`, parentheses. Fields: id, name, kind, href, owner_id, owner_kind, generation, created_time,
                 *     updated_time, deleted_time, created_by, updated_by, deleted_by, tenancy; `tenancy.<dimension>`, `labels.<key>`, `references.<type>`, `spec.<member>.<member>`
                 *     (`labels['…']`, `spec['…']` for names with other characters); `status.conditions.<Type>` with `.reason`,
                 *     `.observed_generation`, `.last_updated_time`, `.last_transition_time`. Texts stand in quotes. What a resource lacks is
                 *     null: no comparison finds it, `is null` does. A kind, label key or condition type that cannot exist is refused.
                 *     Nesting goes to 32, lists to 1000 values.
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only these members, and `id`; what is not asked for is not read. Members that a resource lacks stay absent. Such an answer need not
                 *     fit the schema of the resource: typed clients that check answers for required members cannot use it. `fields=a,b`, `fields=a&fields=b`
                 *     and `fields[]=a&fields[]=b` are the same.
                 */
                fields?: components["parameters"]["fields"];
                /**
                 * @description Walks through the list, in place of `page` (both are refused): empty to begin, then the `next_cursor` of the answer before, until there is
                 *     none. Search and order are sent again with each step. A walk sees every resource that exists and matches
                 *     all the while exactly once, whatever is written meanwhile, and costs the same at any depth. It can be ordered by what
                 *     does not change: id, created_time, name, kind, created_by. `total` is that of the walk's beginning. A page may hold fewer
                 *     items than `size`, where more would be too many bytes: only an answer without `next_cursor` is the last.
                 */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. With `fields`, its items have only the members asked for. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "ClusterList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["ClusterList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    postCluster: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /**
                 * @description A key that the client makes up for this request. Sent again with the same body within 24 hours, the request is answered as the
                 *     first time and creates nothing; with another body it is refused with 422, and while the first one runs with 409.
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The cluster to create. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "Cluster",
                 *       "name": "my-cluster",
                 *       "labels": {
                 *         "environment": "production"
                 *       },
                 *       "spec": {
                 *         "region": "us-east1",
                 *         "release": {
                 *           "version": "4.19.1"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ClusterCreateRequest"];
            };
        };
        responses: {
            /** @description The cluster, as it was created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    searchClusters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Which resources, in which order, and which page; `{}` is the first page of all. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "search": "deleted_time is null and generation > 1",
                 *       "fields": [
                 *         "name",
                 *         "status.conditions"
                 *       ],
                 *       "size": 500
                 *     }
                 */
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            /** @description The page. With `fields`, its items have only the members asked for. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "ClusterList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["ClusterList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getClusterById: {
        parameters: {
            query?: {
                /**
                 * @description Only these members, and `id`; what is not asked for is not read. Members that a resource lacks stay absent. Such an answer need not
                 *     fit the schema of the resource: typed clients that check answers for required members cannot use it. `fields=a,b`, `fields=a&fields=b`
                 *     and `fields[]=a&fields[]=b` are the same.
                 */
                fields?: components["parameters"]["fields"];
                /**
                 * @deprecated
                 * @description Accepted and ignored (older clients).
                 */
                search?: components["parameters"]["ignoredSearch"];
            };
            header?: {
                /** @description Answer 304 without a body when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`). */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cluster. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    deleteClusterById: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cluster. */
            202: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    patchClusterById: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        /** @description What to change. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "spec": {
                 *         "region": "us-east1",
                 *         "release": {
                 *           "version": "4.19.2"
                 *         }
                 *       },
                 *       "generation": 1
                 *     }
                 */
                "application/json": components["schemas"]["ClusterPatchRequest"];
                /**
                 * @example {
                 *       "spec": {
                 *         "release": {
                 *           "version": "4.19.2"
                 *         }
                 *       },
                 *       "labels": {
                 *         "environment": null
                 *       }
                 *     }
                 */
                "application/merge-patch+json": components["schemas"]["MergePatchRequest"];
            };
        };
        responses: {
            /** @description The cluster. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getClusterChanges: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /** @description How many items a page holds at the most. */
                size?: components["parameters"]["historySize"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceChangeList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getClusterGenerations: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /** @description How many items a page holds at the most. */
                size?: components["parameters"]["historySize"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getClusterGeneration: {
        parameters: {
            query?: {
                /** @description The number of the generation to compare with. */
                diff?: components["parameters"]["diff"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The number of a generation of the resource. */
                generation: components["parameters"]["past_generation"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The generation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Generation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    explainCluster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    previewClusterReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The explanation, as it would be. */
            200: {
                headers: {
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description There is nothing to explain. The report would be discarded, by the rule in `HyperFleet-Discarded`; or, without that header, it would be the last one of a resource marked for deletion, and remove it. */
            204: {
                headers: {
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    /**
                     * @description Which rule would discard the report.
                     * @example stale-time
                     */
                    "HyperFleet-Discarded"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    forceDeleteCluster: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        /** @description Why. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "The provider account is gone"
                 *     }
                 */
                "application/json": components["schemas"]["ForceDeleteRequest"];
            };
        };
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getClusterStatuses: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /**
                 * @description How many reports a page holds at the most. A page whose reports have more bytes than a server allows (16 MiB, unless it is
                 *     configured otherwise) is refused with 400, and the violation (of `size`, `max`) names the size that fits. One report is never too large.
                 */
                size?: components["parameters"]["statusSize"];
                /**
                 * @deprecated
                 * @description The older name of `size`. When both are given they must be equal.
                 */
                pageSize?: components["parameters"]["pageSize"];
                /**
                 * @description The fields to sort by, each with a direction: `last_report_time desc`. Exactly `asc` or `desc` is the
                 *     direction of `orderBy` instead. Sortable: adapter, observed_generation, created_time, last_report_time.
                 */
                order?: components["parameters"]["statusOrder"];
                /**
                 * @deprecated
                 * @description The field to sort by, with `order` as its direction (older clients); asc when there is none. The fields are those of `order`.
                 */
                orderBy?: components["parameters"]["statusOrderBy"];
                /**
                 * @description Which reports to list: `adapter = 'validator'`, `last_report_time < now() - 30m`; the language is that of the search for
                 *     resources. Fields: adapter, observed_generation, created_time, last_report_time.
                 */
                search?: components["parameters"]["statusSearch"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "AdapterStatusList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["AdapterStatusList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    putClusterStatuses: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The report, as it is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report, as it is stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report was out of date, or did not know whether its work is there; nothing was stored. */
            204: {
                headers: {
                    "HyperFleet-Discarded": components["headers"]["HyperFleet-Discarded"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    postClusterStatuses: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The report, as it is stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report was out of date, or did not know whether its work is there; nothing was stored. */
            204: {
                headers: {
                    "HyperFleet-Discarded": components["headers"]["HyperFleet-Discarded"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePools: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /**
                 * @description How many items a page holds at the most. A page whose items have more bytes than a server allows (16 MiB, unless it is
                 *     configured otherwise) is refused with 400, and the violation (of `size`, `max`) names the size that fits; `fields` makes items smaller, and
                 *     a page with `cursor` is cut short instead. One item is never too large.
                 */
                size?: components["parameters"]["size"];
                /**
                 * @deprecated
                 * @description The older name of `size`. When both are given they must be equal.
                 */
                pageSize?: components["parameters"]["pageSize"];
                /**
                 * @description The fields to sort by, each with a direction: `name asc, created_time desc`. Exactly `asc` or `desc` is the
                 *     direction of `orderBy` instead. Sortable: id, name, kind, href, generation, created_time, updated_time,
                 *     deleted_time, created_by, updated_by, deleted_by. Empty values come last; ties are broken by id.
                 */
                order?: components["parameters"]["order"];
                /**
                 * @deprecated
                 * @description The field to sort by, with `order` as its direction (older clients); asc when there is none. The fields are those of `order`.
                 */
                orderBy?: components["parameters"]["orderBy"];
                /**
                 * @description Which resources to list: `name = 'my-cluster'`, `labels.environment in ('staging', 'development')`,
                 *     `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`.
                 *
                 *     Operators: `= == != <> < <= > >=`, `[not] like`, `[not] ilike`, `[not] in`, `[not] between … and …`,
                 *     `is [not] null`, `and`, `or`, `not`, parentheses. Fields: id, name, kind, href, owner_id, owner_kind, generation, created_time,
                 *     updated_time, deleted_time, created_by, updated_by, deleted_by, tenancy; `tenancy.<dimension>`, `labels.<key>`, `references.<type>`, `spec.<member>.<member>`
                 *     (`labels['…']`, `spec['…']` for names with other characters); `status.conditions.<Type>` with `.reason`,
                 *     `.observed_generation`, `.last_updated_time`, `.last_transition_time`. Texts stand in quotes. What a resource lacks is
                 *     null: no comparison finds it, `is null` does. A kind, label key or condition type that cannot exist is refused.
                 *     Nesting goes to 32, lists to 1000 values.
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only these members, and `id`; what is not asked for is not read. Members that a resource lacks stay absent. Such an answer need not
                 *     fit the schema of the resource: typed clients that check answers for required members cannot use it. `fields=a,b`, `fields=a&fields=b`
                 *     and `fields[]=a&fields[]=b` are the same.
                 */
                fields?: components["parameters"]["fields"];
                /**
                 * @description Walks through the list, in place of `page` (both are refused): empty to begin, then the `next_cursor` of the answer before, until there is
                 *     none. Search and order are sent again with each step. A walk sees every resource that exists and matches
                 *     all the while exactly once, whatever is written meanwhile, and costs the same at any depth. It can be ordered by what
                 *     does not change: id, created_time, name, kind, created_by. `total` is that of the walk's beginning. A page may hold fewer
                 *     items than `size`, where more would be too many bytes: only an answer without `next_cursor` is the last.
                 */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. With `fields`, its items have only the members asked for. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "NodePoolList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["NodePoolList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    searchNodePools: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Which resources, in which order, and which page; `{}` is the first page of all. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "search": "deleted_time is null and generation > 1",
                 *       "fields": [
                 *         "name",
                 *         "status.conditions"
                 *       ],
                 *       "size": 500
                 *     }
                 */
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            /** @description The page. With `fields`, its items have only the members asked for. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "NodePoolList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["NodePoolList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePool: {
        parameters: {
            query?: {
                /**
                 * @description Only these members, and `id`; what is not asked for is not read. Members that a resource lacks stay absent. Such an answer need not
                 *     fit the schema of the resource: typed clients that check answers for required members cannot use it. `fields=a,b`, `fields=a&fields=b`
                 *     and `fields[]=a&fields[]=b` are the same.
                 */
                fields?: components["parameters"]["fields"];
                /**
                 * @deprecated
                 * @description Accepted and ignored (older clients).
                 */
                search?: components["parameters"]["ignoredSearch"];
            };
            header?: {
                /** @description Answer 304 without a body when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`). */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The node pool. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePool"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    deleteNodePool: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The node pool. */
            202: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePool"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    patchNodePool: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description What to change. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "spec": {
                 *         "replicas": 5,
                 *         "machine_type": "n2-standard-8"
                 *       },
                 *       "generation": 1
                 *     }
                 */
                "application/json": components["schemas"]["NodePoolPatchRequest"];
                /**
                 * @example {
                 *       "spec": {
                 *         "replicas": 5
                 *       }
                 *     }
                 */
                "application/merge-patch+json": components["schemas"]["MergePatchRequest"];
            };
        };
        responses: {
            /** @description The node pool. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePool"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolChangesById: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /** @description How many items a page holds at the most. */
                size?: components["parameters"]["historySize"];
            };
            header?: never;
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceChangeList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolGenerationsById: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /** @description How many items a page holds at the most. */
                size?: components["parameters"]["historySize"];
            };
            header?: never;
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolGenerationById: {
        parameters: {
            query?: {
                /** @description The number of the generation to compare with. */
                diff?: components["parameters"]["diff"];
            };
            header?: never;
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
                /** @description The number of a generation of the resource. */
                generation: components["parameters"]["past_generation"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The generation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Generation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    explainNodePoolById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    previewNodePoolReportById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The explanation, as it would be. */
            200: {
                headers: {
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description There is nothing to explain. The report would be discarded, by the rule in `HyperFleet-Discarded`; or, without that header, it would be the last one of a resource marked for deletion, and remove it. */
            204: {
                headers: {
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    /**
                     * @description Which rule would discard the report.
                     * @example stale-time
                     */
                    "HyperFleet-Discarded"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    forceDeleteNodePoolById: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description Why. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "The provider account is gone"
                 *     }
                 */
                "application/json": components["schemas"]["ForceDeleteRequest"];
            };
        };
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolReports: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /**
                 * @description How many reports a page holds at the most. A page whose reports have more bytes than a server allows (16 MiB, unless it is
                 *     configured otherwise) is refused with 400, and the violation (of `size`, `max`) names the size that fits. One report is never too large.
                 */
                size?: components["parameters"]["statusSize"];
                /**
                 * @deprecated
                 * @description The older name of `size`. When both are given they must be equal.
                 */
                pageSize?: components["parameters"]["pageSize"];
                /**
                 * @description The fields to sort by, each with a direction: `last_report_time desc`. Exactly `asc` or `desc` is the
                 *     direction of `orderBy` instead. Sortable: adapter, observed_generation, created_time, last_report_time.
                 */
                order?: components["parameters"]["statusOrder"];
                /**
                 * @deprecated
                 * @description The field to sort by, with `order` as its direction (older clients); asc when there is none. The fields are those of `order`.
                 */
                orderBy?: components["parameters"]["statusOrderBy"];
                /**
                 * @description Which reports to list: `adapter = 'validator'`, `last_report_time < now() - 30m`; the language is that of the search for
                 *     resources. Fields: adapter, observed_generation, created_time, last_report_time.
                 */
                search?: components["parameters"]["statusSearch"];
            };
            header?: never;
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "AdapterStatusList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["AdapterStatusList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    putNodePoolReport: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: never;
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The report, as it is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report, as it is stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report was out of date, or did not know whether its work is there; nothing was stored. */
            204: {
                headers: {
                    "HyperFleet-Discarded": components["headers"]["HyperFleet-Discarded"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    postNodePoolReport: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: never;
            path: {
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The report, as it is stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report was out of date, or did not know whether its work is there; nothing was stored. */
            204: {
                headers: {
                    "HyperFleet-Discarded": components["headers"]["HyperFleet-Discarded"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolsByClusterId: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /**
                 * @description How many items a page holds at the most. A page whose items have more bytes than a server allows (16 MiB, unless it is
                 *     configured otherwise) is refused with 400, and the violation (of `size`, `max`) names the size that fits; `fields` makes items smaller, and
                 *     a page with `cursor` is cut short instead. One item is never too large.
                 */
                size?: components["parameters"]["size"];
                /**
                 * @deprecated
                 * @description The older name of `size`. When both are given they must be equal.
                 */
                pageSize?: components["parameters"]["pageSize"];
                /**
                 * @description The fields to sort by, each with a direction: `name asc, created_time desc`. Exactly `asc` or `desc` is the
                 *     direction of `orderBy` instead. Sortable: id, name, kind, href, generation, created_time, updated_time,
                 *     deleted_time, created_by, updated_by, deleted_by. Empty values come last; ties are broken by id.
                 */
                order?: components["parameters"]["order"];
                /**
                 * @deprecated
                 * @description The field to sort by, with `order` as its direction (older clients); asc when there is none. The fields are those of `order`.
                 */
                orderBy?: components["parameters"]["orderBy"];
                /**
                 * @description Which resources to list: `name = 'my-cluster'`, `labels.environment in ('staging', 'development')`,
                 *     `status.conditions.Reconciled = 'False' and status.conditions.Reconciled.last_updated_time < now() - 10s`.
                 *
                 *     Operators: `= == != <> < <= > >=`, `[not] like`, `[not] ilike`, `[not] in`, `[not] between … and …`,
                 *     `is [not] null`, `and`, `or`, `not`, parentheses. Fields: id, name, kind, href, owner_id, owner_kind, generation, created_time,
                 *     updated_time, deleted_time, created_by, updated_by, deleted_by, tenancy; `tenancy.<dimension>`, `labels.<key>`, `references.<type>`, `spec.<member>.<member>`
                 *     (`labels['…']`, `spec['…']` for names with other characters); `status.conditions.<Type>` with `.reason`,
                 *     `.observed_generation`, `.last_updated_time`, `.last_transition_time`. Texts stand in quotes. What a resource lacks is
                 *     null: no comparison finds it, `is null` does. A kind, label key or condition type that cannot exist is refused.
                 *     Nesting goes to 32, lists to 1000 values.
                 */
                search?: components["parameters"]["search"];
                /**
                 * @description Only these members, and `id`; what is not asked for is not read. Members that a resource lacks stay absent. Such an answer need not
                 *     fit the schema of the resource: typed clients that check answers for required members cannot use it. `fields=a,b`, `fields=a&fields=b`
                 *     and `fields[]=a&fields[]=b` are the same.
                 */
                fields?: components["parameters"]["fields"];
                /**
                 * @description Walks through the list, in place of `page` (both are refused): empty to begin, then the `next_cursor` of the answer before, until there is
                 *     none. Search and order are sent again with each step. A walk sees every resource that exists and matches
                 *     all the while exactly once, whatever is written meanwhile, and costs the same at any depth. It can be ordered by what
                 *     does not change: id, created_time, name, kind, created_by. `total` is that of the walk's beginning. A page may hold fewer
                 *     items than `size`, where more would be too many bytes: only an answer without `next_cursor` is the last.
                 */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. With `fields`, its items have only the members asked for. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "NodePoolList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["NodePoolList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    createNodePool: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /**
                 * @description A key that the client makes up for this request. Sent again with the same body within 24 hours, the request is answered as the
                 *     first time and creates nothing; with another body it is refused with 422, and while the first one runs with 409.
                 */
                "Idempotency-Key"?: components["parameters"]["Idempotency-Key"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        /** @description The node pool to create. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "NodePool",
                 *       "name": "workers",
                 *       "labels": {
                 *         "role": "worker"
                 *       },
                 *       "spec": {
                 *         "replicas": 3,
                 *         "machine_type": "n2-standard-8"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NodePoolCreateRequest"];
            };
        };
        responses: {
            /** @description The node pool, as it was created. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePool"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["KeyReused"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    searchNodePoolsByClusterId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
            };
            cookie?: never;
        };
        /** @description Which resources, in which order, and which page; `{}` is the first page of all. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "search": "deleted_time is null and generation > 1",
                 *       "fields": [
                 *         "name",
                 *         "status.conditions"
                 *       ],
                 *       "size": 500
                 *     }
                 */
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            /** @description The page. With `fields`, its items have only the members asked for. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "NodePoolList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["NodePoolList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolById: {
        parameters: {
            query?: {
                /**
                 * @description Only these members, and `id`; what is not asked for is not read. Members that a resource lacks stay absent. Such an answer need not
                 *     fit the schema of the resource: typed clients that check answers for required members cannot use it. `fields=a,b`, `fields=a&fields=b`
                 *     and `fields[]=a&fields[]=b` are the same.
                 */
                fields?: components["parameters"]["fields"];
                /**
                 * @deprecated
                 * @description Accepted and ignored (older clients).
                 */
                search?: components["parameters"]["ignoredSearch"];
            };
            header?: {
                /** @description Answer 304 without a body when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`). */
                "If-None-Match"?: components["parameters"]["If-None-Match"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The node pool. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePool"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    deleteNodePoolById: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The node pool. */
            202: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePool"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    patchNodePoolById: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description What to change. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "spec": {
                 *         "replicas": 5,
                 *         "machine_type": "n2-standard-8"
                 *       },
                 *       "generation": 1
                 *     }
                 */
                "application/json": components["schemas"]["NodePoolPatchRequest"];
                /**
                 * @example {
                 *       "spec": {
                 *         "replicas": 5
                 *       }
                 *     }
                 */
                "application/merge-patch+json": components["schemas"]["MergePatchRequest"];
            };
        };
        responses: {
            /** @description The node pool. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NodePool"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolChanges: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /** @description How many items a page holds at the most. */
                size?: components["parameters"]["historySize"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourceChangeList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolGenerations: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /** @description How many items a page holds at the most. */
                size?: components["parameters"]["historySize"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GenerationList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolGeneration: {
        parameters: {
            query?: {
                /** @description The number of the generation to compare with. */
                diff?: components["parameters"]["diff"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
                /** @description The number of a generation of the resource. */
                generation: components["parameters"]["past_generation"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The generation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Generation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    explainNodePool: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    previewNodePoolReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The explanation, as it would be. */
            200: {
                headers: {
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description There is nothing to explain. The report would be discarded, by the rule in `HyperFleet-Discarded`; or, without that header, it would be the last one of a resource marked for deletion, and remove it. */
            204: {
                headers: {
                    "HyperFleet-Dry-Run": components["headers"]["HyperFleet-Dry-Run"];
                    /**
                     * @description Which rule would discard the report.
                     * @example stale-time
                     */
                    "HyperFleet-Discarded"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    forceDeleteNodePool: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: {
                /** @description Do it only when this is the entity tag of the resource, such as `"3"` (or one of these, or `*`), else 412. */
                "If-Match"?: components["parameters"]["If-Match"];
            };
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description Why. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "The provider account is gone"
                 *     }
                 */
                "application/json": components["schemas"]["ForceDeleteRequest"];
            };
        };
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    getNodePoolsStatuses: {
        parameters: {
            query?: {
                /** @description The number of the page; the first is 1, and the default. A page past the end is empty, with `total` kept. */
                page?: components["parameters"]["page"];
                /**
                 * @description How many reports a page holds at the most. A page whose reports have more bytes than a server allows (16 MiB, unless it is
                 *     configured otherwise) is refused with 400, and the violation (of `size`, `max`) names the size that fits. One report is never too large.
                 */
                size?: components["parameters"]["statusSize"];
                /**
                 * @deprecated
                 * @description The older name of `size`. When both are given they must be equal.
                 */
                pageSize?: components["parameters"]["pageSize"];
                /**
                 * @description The fields to sort by, each with a direction: `last_report_time desc`. Exactly `asc` or `desc` is the
                 *     direction of `orderBy` instead. Sortable: adapter, observed_generation, created_time, last_report_time.
                 */
                order?: components["parameters"]["statusOrder"];
                /**
                 * @deprecated
                 * @description The field to sort by, with `order` as its direction (older clients); asc when there is none. The fields are those of `order`.
                 */
                orderBy?: components["parameters"]["statusOrderBy"];
                /**
                 * @description Which reports to list: `adapter = 'validator'`, `last_report_time < now() - 30m`; the language is that of the search for
                 *     resources. Fields: adapter, observed_generation, created_time, last_report_time.
                 */
                search?: components["parameters"]["statusSearch"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    "HyperFleet-Token": components["headers"]["HyperFleet-Token"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "AdapterStatusList",
                     *       "page": 1,
                     *       "size": 0,
                     *       "total": 0,
                     *       "items": []
                     *     }
                     */
                    "application/json": components["schemas"]["AdapterStatusList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    putNodePoolStatuses: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The report, as it is stored. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report, as it is stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report was out of date, or did not know whether its work is there; nothing was stored. */
            204: {
                headers: {
                    "HyperFleet-Discarded": components["headers"]["HyperFleet-Discarded"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
    postNodePoolStatuses: {
        parameters: {
            query?: {
                /**
                 * @description With `true`, or without a value, the request is answered as without it, and nothing is kept: the write runs under its locks and is
                 *     rolled back. The answer has `HyperFleet-Dry-Run: true`. Ids and times are those of this run.
                 */
                dry_run?: components["parameters"]["dry_run"];
            };
            header?: never;
            path: {
                /** @description The id of a cluster. Opaque; an id that no cluster can have is simply not found. */
                cluster_id: components["parameters"]["cluster_id"];
                /** @description The id of a node pool. Opaque; an id that no node pool can have is simply not found. */
                nodepool_id: components["parameters"]["nodepool_id"];
            };
            cookie?: never;
        };
        /** @description The report. One on a resource that is not there is 404, whatever is in it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adapter": "validator",
                 *       "observed_generation": 1,
                 *       "observed_time": "2026-03-10T08:01:00Z",
                 *       "conditions": [
                 *         {
                 *           "type": "Available",
                 *           "status": "True",
                 *           "reason": "AllChecksPassed",
                 *           "message": "The cluster is valid"
                 *         },
                 *         {
                 *           "type": "Applied",
                 *           "status": "True"
                 *         },
                 *         {
                 *           "type": "Health",
                 *           "status": "True"
                 *         }
                 *       ],
                 *       "data": {
                 *         "checks": 12
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AdapterStatusCreateRequest"];
            };
        };
        responses: {
            /** @description The report, as it is stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdapterStatus"];
                };
            };
            /** @description The report was out of date, or did not know whether its work is there; nothing was stored. */
            204: {
                headers: {
                    "HyperFleet-Discarded": components["headers"]["HyperFleet-Discarded"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["Timeout"];
            default: components["responses"]["Problem"];
        };
    };
}

//! The walk of ../README.md with a client of openapi-generator rust.
use std::collections::HashMap;
use std::fmt::Debug;

use hyperfleet::apis::cluster_statuses_api::put_cluster_statuses;
use hyperfleet::apis::clusters_api::*;
use hyperfleet::apis::configuration::Configuration;
use hyperfleet::apis::node_pools_api::create_node_pool;
use hyperfleet::apis::Error;
use hyperfleet::models::*;
use serde_json::{json, Value};

const NAME: &str = "rust-openapi-generator";

fn main() {
    let api = Configuration {
        base_path: std::env::var("HYPERFLEET_API").unwrap(),
        ..Configuration::default()
    };
    let search = |phrase: &str| {
        get_clusters(&api, None, None, None, None, None, Some(phrase), None, None).unwrap()
    };
    let listed = search("name = 'given'");
    expect("clusters called given", listed.total, 1);
    let given = &listed.items[0];

    let kind = cluster_create_request::Kind::Cluster;
    let mut create = ClusterCreateRequest::new(kind, NAME.into(), given.spec.clone());
    create.labels = Some(Some(HashMap::from([("client".into(), NAME.into())])));
    let id = post_cluster(&api, create, None).unwrap().id;

    // No function gives the headers of an answer, and none sends a merge patch: reqwest does both with the client's own.
    let url = format!("{}/api/hyperfleet/v1/clusters/{id}", api.base_path);
    let read = api.client.get(&url).send().unwrap();
    let tag = read.headers()["etag"].to_str().unwrap();

    let kind = node_pool_create_request::Kind::NodePool;
    let workers = NodePoolCreateRequest::new(kind, "workers".into(), object(json!({"replicas": 3})));
    let pool = create_node_pool(&api, &id, workers, None).unwrap();
    expect("owner of the node pool", pool.owner_references.id, id.clone());

    let found = search(&format!("labels.client = '{NAME}'"));
    let names: Vec<_> = found.items.iter().map(|cluster| cluster.name.as_str()).collect();
    expect("clusters found", names, vec![NAME]);

    let mut spec = given.spec.clone();
    spec.extend(object(json!({"region": "us-east1", "zone": "a"})));
    let replacing = ClusterPatchRequest { spec: Some(Some(spec)), generation: Some(Some(1)), labels: None };
    let replaced = patch_cluster_by_id(&api, &id, replacing, None).unwrap();
    expect("generation after a patch", replaced.generation, 2);

    let mut merge = MergePatchRequest::new();
    merge.spec = Some(object(json!({"region": "us-west1", "zone": null})));
    let request = api.client.patch(&url).header("Content-Type", "application/merge-patch+json");
    let merged: Cluster = request.body(serde_json::to_vec(&merge).unwrap()).send().unwrap().json().unwrap();
    expect("generation after a merge patch", merged.generation, 3);
    expect("region after a merge patch", merged.spec["region"].as_str(), Some("us-west1"));
    expect("whether it has a zone after a merge patch", merged.spec.contains_key("zone"), false);

    let clearing = ClusterPatchRequest { labels: Some(Some(HashMap::new())), ..ClusterPatchRequest::new() };
    let stale = problem(patch_cluster_by_id(&api, &id, clearing, Some(tag)));
    expect("status of a stale If-Match", stale.status, 412);
    expect("code of a stale If-Match", stale.code.as_str(), "HYPERFLEET-CNF-002");

    let report = |generation: i32, types: &[&str]| {
        let condition = |name: &&str| ConditionRequest::new(name.to_string(), condition_request::Status::True);
        let time = given.status.conditions[0].last_updated_time;
        let conditions = types.iter().map(condition).collect();
        let mut body = AdapterStatusCreateRequest::new("validation".into(), generation, conditions);
        body.observed_time = Some(Some(time));
        put_cluster_statuses(&api, &id, body)
    };
    let stored = report(3, &["Available", "Applied", "Health"]).unwrap();
    expect("adapter of the stored report", stored.adapter.as_str(), "validation");
    // A 204 has no body, which the client takes for one that it cannot read.
    let discarded = report(4, &["Available", "Applied", "Health"]);
    expect("whether a discarded report has no body", matches!(discarded, Err(Error::Serde(_))), true);
    let refused = problem(report(3, &["Available", "Applied"]));
    expect("status of a refused report", refused.status, 400);
    let violations = refused.errors.unwrap();
    expect("violations", violations.len(), 1);
    expect("field of the violation", violations[0].field.as_str(), "conditions");
    expect("constraint of the violation", violations[0].constraint.as_deref(), Some("required"));

    let missing = problem(get_cluster_by_id(&api, "nobody", None, None, None));
    expect("code that the document does not have", missing.code.as_str(), "HYPERFLEET-NTF-901");

    let deleted = delete_cluster_by_id(&api, &id, None).unwrap();
    expect("whether it has a deleted_time", deleted.deleted_time.is_some(), true);
}

fn object(value: Value) -> HashMap<String, Value> {
    serde_json::from_value(value).unwrap()
}

/// What a request was refused with, read from the text: the client calls every problem one of the first status.
fn problem<Answer: Debug, Refusal: Debug>(answer: Result<Answer, Error<Refusal>>) -> ProblemDetails {
    match answer {
        Err(Error::ResponseError(refusal)) => serde_json::from_str(&refusal.content).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn expect<T: PartialEq + Debug>(what: &str, got: T, wanted: T) {
    assert!(got == wanted, "{what}: {got:?}, not {wanted:?}");
}

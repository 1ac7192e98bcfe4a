/** The form of a name, and its description in the error for a name of another form. */
export interface Form {
  pattern: RegExp
  /** Completes "… is not" and "expected". */
  what: string
}

/** Conditions of a resource: those of every resource, and one for each required adapter (sql/functions/conditions/condition_name.sql). */
export const CONDITION_TYPE: Form = {
  pattern: /^[A-Z0-9][A-Za-z0-9]*$/,
  what: 'a condition type such as Reconciled (^[A-Z0-9][A-Za-z0-9]*$)',
}

/** Keys of labels, as openapi.yaml has them. */
export const LABEL_KEY: Form = {
  pattern:
    /^(?=[^/]{1,253}\/|[^/]*$)([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  what: 'a label key by the rules of Kubernetes: a name of up to 63 characters, maybe after a DNS subdomain and a slash',
}

/** The names of kinds. */
export const KIND: Form = {
  pattern: /^[A-Z][A-Za-z0-9]{0,99}$/,
  what: "a kind such as 'Cluster' (^[A-Z][A-Za-z0-9]{0,99}$)",
}

/** Types of references, as entities[].references of the configuration has them. */
export const REF_TYPE: Form = {
  pattern: /^[a-z][a-z0-9_]{0,99}$/,
  what: 'a type of references such as wif_config (^[a-z][a-z0-9_]{0,99}$)',
}

/** Dimensions of tenancies, as server.tenant.dimensions of the configuration has them. */
export const DIMENSION: Form = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
  what: 'a dimension of tenancies such as org (^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$)',
}

/** How deep objects nest in a spec, itself counted, as openapi.yaml has it. */
export const MAX_SPEC_DEPTH = 100

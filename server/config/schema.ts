/**
 * Every setting, with its type, default and meaning: the one place where settings are written down.
 * Environment names and flags follow from the path: server.port is HYPERFLEET_SERVER_PORT and --server-port.
 * Names that are not ours stand in other-names.ts.
 *
 * - `x-older-flag`: a flag that sets `host` and `port` of a listener at once
 * - `x-secret`: `whole` is shown nowhere; of a `url`, the password is not
 * - `x-content-of`: the setting whose value is in the file that this one names
 * - `x-secret-file`: the file of database.secret_dir that holds the value; `x-secret-path`: the one that is the value
 */

const duration = (value: string, description: string) =>
  ({ type: 'string', format: 'duration', default: value, description }) as const
const period = (value: string, description: string) =>
  ({ type: 'string', format: 'period', default: value, description }) as const
const port = (value: number, description: string) =>
  ({ type: 'integer', minimum: 0, maximum: 65535, default: value, description }) as const
const text = <Example extends string>(description: string, example: Example) =>
  ({ type: 'string', minLength: 1, description, examples: [example] }) as const
const formatted = <Example extends string>(format: string, description: string, example: Example) =>
  ({ type: 'string', format, description, examples: [example] }) as const
const url = <Example extends string>(format: string, description: string, example: Example) =>
  ({ ...formatted(format, description, example), 'x-secret': 'url' }) as const
const host = {
  type: 'string',
  minLength: 1,
  default: 'localhost',
  description: 'The address to listen on; `localhost` is all addresses that it resolves to.',
} as const
const flag = (value: boolean, description: string) =>
  ({ type: 'boolean', default: value, description }) as const

/** A file with the value of a setting of the database. */
const fileOf = <Name extends string>(name: Name) =>
  ({
    ...text(
      `A file with the value of \`database.${name}\`, before its value in the environment and the configuration file.`,
      `/mnt/secrets/database/${name}`,
    ),
    'x-content-of': `database.${name}`,
  }) as const

const tls = {
  type: 'object',
  additionalProperties: false,
  default: {},
  properties: {
    enabled: flag(
      false,
      'Whether to listen with TLS. Renewed certificates are followed while the server runs.',
    ),
    cert_file: text(
      'The certificate, with those between it and its authority (PEM).',
      '/etc/hyperfleet/tls/tls.crt',
    ),
    key_file: text('The key of the certificate (PEM).', '/etc/hyperfleet/tls/tls.key'),
  },
} as const

/** How many there are: no more than an integer of the database can hold. */
const expression = (description: string) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: ['expression'],
    description,
    properties: { expression: text('An expression of CEL.', "'AllApplied'") },
  }) as const
const count = (description: string) =>
  ({ type: 'integer', minimum: 0, maximum: 2_147_483_647, default: 0, description }) as const

export const configSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    server: {
      type: 'object',
      description: 'The listener of the API.',
      'x-older-flag': 'api-server-bindaddress',
      additionalProperties: false,
      default: {},
      properties: {
        host,
        port: port(8000, 'The port of the API; 0 takes a free one.'),
        openapi_schema_path: {
          ...text(
            "A provider's OpenAPI document; its schemas `ClusterSpec` and `NodePoolSpec` are what a `spec` must fit.",
            '/etc/hyperfleet/openapi.yaml',
          ),
        },
        tls,
        timeouts: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            read: duration(
              '5s',
              'How long a request may take to arrive, and a TLS handshake to end. As the limits beside it, on all three listeners.',
            ),
            request: duration(
              '15s',
              'How long the work on a request may take. Where it is not set and `write` is 15s or less, half of that.',
            ),
            write: duration(
              '30s',
              'How long a connection may be silent while it has an answer to take. It is looked at for four seconds more before it is closed.',
            ),
            keep_alive: duration(
              '75s',
              'How long a connection is kept after an answer, for the next request. It must be longer than a load balancer keeps idle connections ([operating.md](operating.md#behind-a-load-balancer)).',
            ),
          },
        },
        body_limit: {
          type: 'string',
          format: 'size',
          default: '1MiB',
          description: 'How large a body may be, on all three listeners.',
        },
        unsent_limit: {
          type: 'string',
          format: 'size',
          default: '64MiB',
          description:
            'How much of answers may wait for callers to read them, and of large lists be read from the database (`lists.max_bytes`), on each listener. Beyond, large answers to reads are 503, and a connection that takes nothing of its answer for five seconds is closed.',
        },
        jwt: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            enabled: flag(true, 'Whether requests need a token.'),
            configs: {
              type: 'array',
              description:
                'The issuers whose tokens are taken, each with `jwk_cert_url`, `jwk_cert_file` or both.',
              default: [],
              examples: [
                [
                  {
                    issuer_url: 'https://sso.example.com/realms/fleet',
                    jwk_cert_url: 'https://sso.example.com/realms/fleet/certs',
                  },
                ],
              ],
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['issuer_url'],
                properties: {
                  issuer_url: url(
                    'trusted-url',
                    'The `iss` of its tokens.',
                    'https://sso.example.com/realms/fleet',
                  ),
                  jwk_cert_url: url(
                    'trusted-url',
                    'Where its keys are (a JSON Web Key Set).',
                    'https://sso.example.com/realms/fleet/certs',
                  ),
                  jwk_cert_file: text(
                    'A file with its keys, instead of `jwk_cert_url` or beside it.',
                    '/etc/hyperfleet/keys.json',
                  ),
                  jwk_cert_ca_file: text(
                    'The certificate authority of `jwk_cert_url` (PEM), where no public one is.',
                    '/etc/hyperfleet/sso-ca.crt',
                  ),
                  audience: text('The `aud` that its tokens must have. Without it, any.', 'hyperfleet'),
                  header: {
                    type: 'string',
                    format: 'header',
                    default: 'Authorization',
                    description: 'The header with the token.',
                  },
                  identity_claim: {
                    type: 'string',
                    minLength: 1,
                    default: 'email',
                    description: 'The claim that says who the caller is.',
                  },
                  identity_claim_pattern: formatted(
                    'regexp',
                    'A regular expression (RE2) that this claim must fit as a whole. Where it is set, a token without the claim is refused; else it may read.',
                    '.+@example\\.com',
                  ),
                  identity_prefix: {
                    type: 'string',
                    format: 'identity-prefix',
                    maxLength: 256,
                    description:
                      'What the names of its callers begin with. Without it, nothing for a single issuer, and `issuer_url` and `#` for each of several. Issuers with the same prefix name the same callers.',
                    examples: ['robots:'],
                  },
                  allow_unverified_email: flag(
                    false,
                    'Whether the claim `email` says who the caller is although `email_verified` is not true.',
                  ),
                  identity_header: formatted(
                    'header',
                    'A header that says who the caller is, where it is sent; for a gateway that removes what callers put there.',
                    'X-Identity',
                  ),
                },
              },
            },
          },
        },
        authorization: {
          type: 'object',
          description: 'Which callers may do what (docs/authorization.md).',
          additionalProperties: false,
          default: {},
          properties: {
            groups_claim: {
              type: 'string',
              minLength: 1,
              default: 'groups',
              description: 'The claim of tokens that has the groups of the caller, as a list of texts.',
            },
            rules: {
              type: 'array',
              description:
                'The rules, in their order: the first that matches a request decides. Without rules everything is allowed; with rules, a request that none matches is denied.',
              default: [],
              examples: [
                [
                  { name: 'all-read', effect: 'allow', verbs: ['get', 'list'], kinds: ['*'] },
                  {
                    name: 'operators',
                    effect: 'allow',
                    verbs: ['*'],
                    kinds: ['*'],
                    when: "'operators' in caller.groups",
                  },
                ],
              ],
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['name', 'effect', 'verbs', 'kinds'],
                properties: {
                  name: {
                    ...text('Its name, for the log.', 'operators'),
                    title: 'a name of letters, digits, and inner hyphens, dots and underscores',
                    maxLength: 100,
                    pattern: '^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$',
                  },
                  effect: {
                    type: 'string',
                    enum: ['allow', 'deny'],
                    description: 'The effect on the requests that it matches.',
                  },
                  verbs: {
                    type: 'array',
                    minItems: 1,
                    description: 'The verbs of the requests that it matches; `*` for all.',
                    examples: [['get', 'list']],
                    items: {
                      type: 'string',
                      enum: [
                        'get',
                        'list',
                        'watch',
                        'create',
                        'update',
                        'delete',
                        'force-delete',
                        'report',
                        '*',
                      ],
                    },
                  },
                  kinds: {
                    type: 'array',
                    minItems: 1,
                    description: 'The kinds of the resources that it matches; `*` for all.',
                    examples: [['Cluster']],
                    items: { type: 'string', minLength: 1 },
                  },
                  adapters: {
                    type: 'array',
                    minItems: 1,
                    description: 'The adapters whose reports it matches; without it, all.',
                    examples: [['dns']],
                    items: {
                      type: 'string',
                      title: 'a name of small letters, digits and inner hyphens',
                      maxLength: 255,
                      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
                    },
                  },
                  when: text(
                    'An expression of CEL over `caller`, `tenancy`, `resource` and `request`: a bool.',
                    "'operators' in caller.groups",
                  ),
                },
              },
            },
          },
        },
        max_event_loop_delay: duration(
          '1s',
          'How far the server may be behind before it answers 503 until it has caught up.',
        ),
        rate_limit: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            requests: {
              type: 'integer',
              minimum: 0,
              default: 0,
              description:
                'How many requests one caller may make of this server in `window`; 0 for any number. Where tokens are asked for, only requests with a good one count, by whom it names; where nobody is asked, or it names nobody, by address, which all who come through one gateway share.',
            },
            window: duration('1m', 'The time that `requests` counts in.'),
          },
        },
        cors: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            origins: {
              type: 'array',
              description:
                'The origins whose pages may call the API, such as `https://console.example.com`; `*` for any.',
              default: [],
              examples: [['https://console.example.com']],
              // In an origin, user and password are out of place; but if they are there, they are not shown.
              items: { type: 'string', format: 'origin', 'x-secret': 'url' },
            },
          },
        },
        tenant: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            enabled: flag(
              false,
              'Whether tenants are kept apart: each caller sees the resources of its tenancy only ([tenancy.md](tenancy.md)).',
            ),
            dimensions: {
              type: 'array',
              description:
                'The dimensions of a tenancy, such as an organization and a project; at least one is required. Each has its value in a header, in a claim of the token, or in both.',
              default: [],
              examples: [[{ key: 'org', header: 'X-HyperFleet-Org', required: true }]],
              items: {
                type: 'object',
                additionalProperties: false,
                required: ['key'],
                properties: {
                  key: {
                    type: 'string',
                    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$',
                    description: 'Its name in a tenancy.',
                    examples: ['org'],
                  },
                  header: formatted(
                    'header',
                    'The header with its value, which a gateway sets and removes from outside.',
                    'X-HyperFleet-Org',
                  ),
                  claim: text(
                    'The claim of the token with its value. A header with another value is refused.',
                    'org',
                  ),
                  required: flag(false, 'Whether a caller without it is refused.'),
                },
              },
            },
            header: formatted(
              'header',
              'One header with all dimensions, as a JSON object of texts, for gateways that remove one header rather than many.',
              'X-HyperFleet-Tenancy',
            ),
            system_header: formatted(
              'header',
              'The header whose value `true` makes a system caller, which sees the resources of all tenants, reports on them, and changes none.',
              'X-HyperFleet-System',
            ),
            row_security: flag(
              true,
              'Whether row-level security of PostgreSQL keeps tenants apart a second time. `migrate` sets it up, and needs the right to create the role `hyperfleet_scoped`.',
            ),
            system_claim: text(
              'The claim of the token whose value `true` makes a system caller, for pollers that send no headers.',
              'hyperfleet_system',
            ),
            system_issuers: {
              type: 'array',
              description: 'The issuers all of whose tokens are of system callers.',
              default: [],
              examples: [['https://kubernetes.default.svc']],
              items: { type: 'string', minLength: 1 },
            },
          },
        },
        compression: flag(true, 'Whether answers are compressed for clients that ask for it.'),
      },
    },
    health: {
      type: 'object',
      description: 'The listener of /healthz and /readyz.',
      'x-older-flag': 'health-server-bindaddress',
      additionalProperties: false,
      default: {},
      properties: {
        host,
        port: port(8080, 'The port of the health listener; 0 takes a free one.'),
        tls,
        drain_delay: {
          type: 'string',
          format: 'delay',
          default: '2s',
          description:
            'How long requests are still accepted after SIGTERM, while `/readyz` says that there should be no more.',
        },
        shutdown_timeout: duration('20s', 'How long requests that run may still take after that.'),
        db_ping_timeout: duration(
          '2s',
          'How long /readyz waits for the database, and /metrics for its counts of resources.',
        ),
      },
    },
    metrics: {
      type: 'object',
      description: 'The listener of /metrics.',
      'x-older-flag': 'metrics-server-bindaddress',
      additionalProperties: false,
      default: {},
      properties: {
        host,
        port: port(9090, 'The port of the metrics listener; 0 takes a free one.'),
        tls,
        reconciliation_stuck_threshold: duration(
          '10m',
          'After how long without being reconciled a resource counts as stuck.',
        ),
      },
    },
    database: {
      type: 'object',
      description: 'The PostgreSQL server, version 15 or newer.',
      additionalProperties: false,
      default: {},
      properties: {
        url: url(
          'postgres-url',
          'A connection URL, for host, port, name, username and password in one, as libpq reads it, with one host (docs/database.md). One of them that a stronger source than that of the URL sets is put in its place in the URL.',
          'postgres://hyperfleet:password@db.example.com:5432/hyperfleet',
        ),
        read_url: url(
          'postgres-url',
          'A replica that lists are read from. User, password, database and TLS, where the URL does not have them, are those of the database.',
          'postgres://replica.example.com:5432',
        ),
        read_max_lag: duration(
          '5s',
          'How old a list from the replica may be; a replica that is further behind is used only where the database cannot be reached.',
        ),
        secret_dir: text(
          'A folder with a file for each of the settings that are in secrets, such as a mounted secret of Kubernetes.',
          '/mnt/secrets/database',
        ),
        host: {
          ...text('The host. Without it and without url: localhost.', 'db.example.com'),
          'x-secret-file': 'db.host',
        },
        port: { ...port(5432, 'The port.'), 'x-secret-file': 'db.port' },
        name: {
          type: 'string',
          minLength: 1,
          default: 'hyperfleet',
          description: 'The database.',
          'x-secret-file': 'db.name',
        },
        username: {
          type: 'string',
          minLength: 1,
          default: 'hyperfleet',
          description: 'The user.',
          'x-secret-file': 'db.user',
        },
        password: {
          ...text('The password.', 'password'),
          'x-secret': 'whole',
          'x-secret-file': 'db.password',
        },
        host_file: fileOf('host'),
        port_file: fileOf('port'),
        name_file: fileOf('name'),
        username_file: fileOf('username'),
        password_file: fileOf('password'),
        ssl: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            mode: {
              type: 'string',
              enum: ['disable', 'require', 'verify-ca', 'verify-full'],
              default: 'disable',
              description:
                'Whether to encrypt, and what to check: verify-ca the certificate, verify-full the name of the host, too. A URL that asks for something else is refused.',
            },
            root_cert_file: {
              ...text(
                'The certificate authority that verify-ca and verify-full trust.',
                '/etc/hyperfleet/database-ca.crt',
              ),
              'x-secret-path': 'db.rootcert',
            },
          },
        },
        pool: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            max_connections: {
              type: 'integer',
              minimum: 1,
              maximum: 1000,
              default: 20,
              description: 'How many connections one server opens.',
            },
            max_waiting: {
              type: 'integer',
              minimum: 1,
              maximum: 100_000,
              default: 1000,
              description: 'How many requests may wait for a connection; any more are answered 503 at once.',
            },
            max_unindexed: {
              type: 'integer',
              minimum: 1,
              maximum: 1000,
              default: 4,
              description:
                'How many connections the lists use at a time whose search or order has no index, so that they read every resource of a kind; one connection at least is left to others.',
            },
            prepared_statements: flag(true, 'Whether statements are prepared; off for a pooler that cannot.'),
            statement_timeout: duration(
              '10s',
              'How long a statement may take. Where it is not set and `server.timeouts.request` is 10s or less, two thirds of that.',
            ),
            conn_retry_attempts: {
              type: 'integer',
              minimum: 1,
              maximum: 1000,
              default: 10,
              description: 'How often a start tries to reach the database.',
            },
            conn_retry_interval: duration('3s', 'How long it waits between two tries.'),
          },
        },
        embedded: flag(
          false,
          'Whether to run a PostgreSQL of its own (npm start does, unless url or host is set).',
        ),
        embedded_dir: {
          type: 'string',
          minLength: 1,
          default: '.data/postgres',
          description: 'The data folder of the embedded PostgreSQL.',
        },
        embedded_port: port(0, 'The port of the embedded PostgreSQL; 0 takes a free one.'),
      },
    },
    console: {
      type: 'object',
      description: 'The web console, at /console on the listener of the API ([console.md](console.md)).',
      additionalProperties: false,
      default: {},
      properties: {
        enabled: flag(true, 'Whether the console is served, and `/` leads there.'),
        oidc: {
          type: 'object',
          description:
            'The client as which the console lets people sign in (OpenID Connect, code flow with PKCE). Without it, a token is pasted.',
          additionalProperties: false,
          default: {},
          properties: {
            issuer: formatted(
              'trusted-url',
              'The issuer, as a rule one of `server.jwt.configs`.',
              'https://sso.example.com/realms/fleet',
            ),
            client_id: text(
              'The client: a public one, whose redirect is `/console/` of this server.',
              'hyperfleet-console',
            ),
            scopes: {
              type: 'array',
              description: 'The scopes that it asks for.',
              default: ['openid', 'email'],
              examples: [['openid', 'email', 'groups']],
              items: { type: 'string', minLength: 1 },
            },
          },
        },
      },
    },
    lists: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        default_size: {
          type: 'integer',
          minimum: 1,
          maximum: 500,
          default: 100,
          description: 'How many resources a page holds when the request does not say.',
        },
        max_bytes: {
          type: 'string',
          format: 'list-size',
          default: '16MiB',
          description:
            'How large a list may be; a page has one item at least. A larger page is refused, or cut short where a cursor goes on after it. A list over 1MiB takes room of `server.unsent_limit` while it is read from the database, and about four times its size of memory.',
        },
      },
    },
    conditions: {
      type: 'object',
      description: 'How resources show their conditions.',
      additionalProperties: false,
      default: {},
      properties: {
        older_names: flag(
          true,
          'Whether `Reconciled` and `LastKnownReconciled` are shown under their older names, `Ready` and `Available`, too. Searches know all names either way. `migrate` applies a change, as it does with required adapters.',
        ),
      },
    },
    reports: {
      type: 'object',
      description: 'Which times are accepted in reports, and how they are answered.',
      additionalProperties: false,
      default: {},
      properties: {
        max_clock_skew: duration('5m', "How far an adapter's clock may be ahead."),
        max_age: {
          type: 'string',
          format: 'duration',
          description: 'How old a report may be. Without it, any age.',
          examples: ['24h'],
        },
        put_status: {
          type: 'integer',
          enum: [200, 201],
          default: 200,
          description:
            'The status of a PUT that stores a report. Clients made from the published document of HyperFleet API take 200 for an error: 201 for those.',
        },
      },
    },
    idempotency: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        ttl: duration('24h', 'How long the answer to a create with an Idempotency-Key is kept.'),
      },
    },
    changes: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        retention: period(
          '24h',
          'How long the feed of changes can be read from a token on, at least; by days, in UTC.',
        ),
        history_retention: period(
          '30d',
          'How long the changes of a resource, and the specs of its former generations, are kept at least, if that is longer than `changes.retention`; they are dropped by days, in UTC.',
        ),
        max_watchers: {
          type: 'integer',
          minimum: 1,
          maximum: 100_000,
          default: 2000,
          description:
            'How many requests may watch changes at a time, on each server: streams, and those that wait. One more is 503.',
        },
      },
    },
    logging: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        level: {
          type: 'string',
          enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
          default: 'info',
          description: 'The least level that is logged.',
        },
        format: {
          type: 'string',
          enum: ['json', 'text'],
          default: 'json',
          description: 'JSON for programs, text for people.',
        },
        output: {
          type: 'string',
          enum: ['stdout', 'stderr'],
          default: 'stdout',
          description: 'Where the log goes.',
        },
        masking: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: { enabled: flag(true, 'Whether passwords and tokens are hidden in the log.') },
        },
      },
    },
    verification: {
      type: 'object',
      description:
        'Whether servers look for what the rules do not allow, a few resources at a time, as `verify` does for the whole database.',
      additionalProperties: false,
      default: {},
      properties: {
        resources: {
          type: 'integer',
          minimum: 0,
          maximum: 1000,
          default: 0,
          description:
            'How many resources each server looks at in one turn; 0 for none. Each server goes round all of them for itself: two see twice as many.',
        },
        interval: duration('1m', 'The time between two turns.'),
      },
    },
    tracing: {
      type: 'object',
      description: 'OpenTelemetry; where spans go is said by the variables OTEL_… of its specification.',
      additionalProperties: false,
      default: {},
      properties: {
        enabled: flag(false, 'Whether requests and statements are traced.'),
        service_name: {
          type: 'string',
          minLength: 1,
          default: 'hyperfleet-api',
          description: 'The `service.name` of the spans, unless `OTEL_SERVICE_NAME` is set.',
        },
      },
    },
    entities: {
      type: 'array',
      description:
        'The kinds: those of the document (x-kinds), each with the adapters that must report on it, and any others. A kind needs no more than its entry here.',
      default: [],
      examples: [
        [
          { kind: 'Cluster', required_adapters: ['validation', 'dns'] },
          { kind: 'NodePool', required_adapters: [] },
          { kind: 'Channel', plural: 'channels' },
        ],
      ],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['kind'],
        properties: {
          kind: {
            ...text('The kind.', 'Cluster'),
            title: 'a name of letters and digits that begins with a capital',
            maxLength: 100,
            pattern: '^[A-Z][A-Za-z0-9]*$',
          },
          plural: {
            ...text('Its name in paths. A kind of the document has one already.', 'channels'),
            title: 'a name of small letters, digits and hyphens',
            maxLength: 100,
            pattern: '^[a-z][-a-z0-9]*$',
          },
          parent_kind: {
            type: 'string',
            description: 'The kind below whose resources its own are; absent or empty for a root kind.',
            examples: ['Channel'],
          },
          on_parent_delete: {
            type: 'string',
            enum: ['restrict', 'cascade'],
            description:
              'What deleting the parent does: `cascade` marks its resources for deletion, too; `restrict` refuses it while one of them is not marked. A kind with a parent must have it.',
          },
          spec_schema_name: {
            type: 'string',
            description:
              'The schema of its spec in the document of `server.openapi_schema_path`, `<Kind>Spec` if not set; with an empty name its spec is not checked.',
            examples: ['ChannelSpec'],
          },
          require_spec_schema: {
            type: 'boolean',
            description: 'Whether the start fails where there is no such schema.',
            examples: [true],
          },
          name_min_len: {
            type: 'integer',
            minimum: 0,
            maximum: 100,
            description: 'How many characters a name has at least; 0: as the document says.',
            examples: [3],
          },
          name_max_len: {
            type: 'integer',
            minimum: 0,
            maximum: 100,
            description: 'How many characters a name has at most; 0: as the document says.',
            examples: [53],
          },
          references: {
            type: 'array',
            description:
              'The references that its resources may have to others, which they do not own. A resource that another one refers to cannot be deleted.',
            examples: [[{ ref_type: 'wif_config', target_kind: 'WifConfig', max: 1 }]],
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['ref_type', 'target_kind'],
              properties: {
                ref_type: {
                  ...text('Its name in `references`.', 'wif_config'),
                  title: 'a name of small letters, digits and underscores that begins with a letter',
                  maxLength: 100,
                  pattern: '^[a-z][a-z0-9_]*$',
                },
                target_kind: text('The kind of its targets.', 'WifConfig'),
                min: count('How many a resource has at least.'),
                max: count('How many a resource has at most; 0: any number.'),
              },
            },
          },
          conditions: {
            type: 'array',
            description:
              'Conditions beside those of adapters, by CEL expressions over the reports on a resource and over itself (docs/conditions.md).',
            examples: [
              [
                {
                  type: 'Provisioned',
                  when: { expression: "statuses.exists(s, s.adapter == 'dns')" },
                  output: {
                    status: {
                      expression:
                        "statuses.all(s, s.conditions.exists(c, c.type == 'Applied' && c.status == 'True'))",
                    },
                    reason: { expression: "'AllApplied'" },
                    message: { expression: "string(size(statuses)) + ' adapters have reported'" },
                  },
                },
              ],
            ],
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['type', 'when', 'output'],
              properties: {
                type: {
                  ...text('The type of the condition.', 'Provisioned'),
                  title: 'a name of letters, digits, and inner hyphens, dots, slashes and underscores',
                  maxLength: 100,
                  pattern: '^[A-Za-z]([-A-Za-z0-9_./]*[A-Za-z0-9])?$',
                },
                when: expression('Whether there is the condition: a bool.'),
                output: {
                  type: 'object',
                  additionalProperties: false,
                  required: ['status', 'reason', 'message'],
                  properties: {
                    status: expression('Its status: a bool, or the text true or false.'),
                    reason: expression('Its reason: a text of at most 256 bytes.'),
                    message: expression('Its message: a text, cut at 2,048 bytes.'),
                  },
                },
              },
            },
          },
          generation_on: {
            type: 'string',
            enum: ['spec', 'any'],
            description:
              'The changes that begin a new generation: of spec and references (`spec`, the default), or of labels, too (`any`).',
            examples: ['any'],
          },
          required_adapters: {
            type: 'array',
            description:
              'The adapters, in the order in which their conditions are shown. [] is a legal choice. A kind that is not of the document may leave it out: no adapter reconciles it then, and it has no conditions.',
            examples: [['validation', 'dns']],
            items: {
              type: 'string',
              title: 'a name of small letters, digits and inner hyphens',
              maxLength: 255,
              pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
            },
          },
        },
      },
    },
  },
} as const

/** The type of the values that a schema admits, once defaults are filled in. */
type Value<Schema> = Schema extends {
  type: 'object'
  properties: infer Properties
  required?: infer Required
}
  ? Settled<Properties, Required extends readonly (infer Name)[] ? Name : never>
  : Schema extends { type: 'array'; items: infer Items }
    ? Value<Items>[]
    : Schema extends { enum: readonly (infer Choice)[] }
      ? Choice
      : Schema extends { type: 'string' }
        ? string
        : Schema extends { type: 'integer' }
          ? number
          : boolean

type Settled<Properties, Required> = {
  -readonly [Name in keyof Properties as Properties[Name] extends { default: unknown }
    ? Name
    : Name extends Required
      ? Name
      : never]: Value<Properties[Name]>
} & {
  -readonly [Name in keyof Properties as Properties[Name] extends { default: unknown }
    ? never
    : Name extends Required
      ? never
      : Name]?: Value<Properties[Name]>
}

export type Config = Value<typeof configSchema>

/**
 * Every setting, with its type, default and meaning: the one place where settings are written down.
 * Environment names and flags follow from the path: server.port is HYPERFLEET_SERVER_PORT and --server-port.
 */

const duration = (value: string, description: string) =>
  ({ type: 'string', format: 'duration', default: value, description }) as const
const port = (value: number, description: string) =>
  ({ type: 'integer', minimum: 0, maximum: 65535, default: value, description }) as const
const text = (description: string) => ({ type: 'string', minLength: 1, description }) as const
const host = {
  type: 'string',
  minLength: 1,
  default: 'localhost',
  description: 'The address to listen on.',
} as const
const flag = (value: boolean, description: string) =>
  ({ type: 'boolean', default: value, description }) as const

export const configSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    server: {
      type: 'object',
      description: 'The listener of the API.',
      additionalProperties: false,
      default: {},
      properties: {
        host,
        port: port(8000, 'The port of the API; 0 takes a free one.'),
        timeouts: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            read: duration('5s', 'How long a request may take to arrive.'),
            request: duration('15s', 'How long the work on a request may take.'),
            write: duration('30s', 'How long a connection may be silent: idle, or not taking its answer.'),
          },
        },
        body_limit: {
          type: 'string',
          format: 'size',
          default: '1MiB',
          description: 'How large a body may be.',
        },
        jwt: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: { enabled: flag(true, 'Whether requests need a token.') },
        },
      },
    },
    health: {
      type: 'object',
      description: 'The listener of /healthz and /readyz.',
      additionalProperties: false,
      default: {},
      properties: {
        host,
        port: port(8080, 'The port of the health listener; 0 takes a free one.'),
        shutdown_timeout: duration('20s', 'How long requests that run may still take after SIGTERM.'),
        db_ping_timeout: duration('2s', 'How long /readyz waits for the database.'),
      },
    },
    metrics: {
      type: 'object',
      description: 'The listener of /metrics.',
      additionalProperties: false,
      default: {},
      properties: { host, port: port(9090, 'The port of the metrics listener; 0 takes a free one.') },
    },
    database: {
      type: 'object',
      description: 'The PostgreSQL server, version 15 or newer.',
      additionalProperties: false,
      default: {},
      properties: {
        url: text('A connection URL; used instead of host, port, name, username and password.'),
        host: text('The host. Without it and without url: localhost.'),
        port: port(5432, 'The port.'),
        name: { type: 'string', minLength: 1, default: 'hyperfleet', description: 'The database.' },
        username: { type: 'string', minLength: 1, default: 'hyperfleet', description: 'The user.' },
        password: text('The password.'),
        ssl: {
          type: 'object',
          additionalProperties: false,
          default: {},
          properties: {
            mode: {
              type: 'string',
              enum: ['disable', 'require', 'verify-full'],
              default: 'disable',
              description: 'Whether to encrypt, and whether to check who answers.',
            },
            root_cert_file: text('The certificate authority that verify-full trusts.'),
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
            prepared_statements: flag(true, 'Whether statements are prepared; off for a pooler that cannot.'),
            statement_timeout: duration('10s', 'How long a statement may take.'),
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
    lists: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        default_size: {
          type: 'integer',
          minimum: 1,
          maximum: 500,
          default: 20,
          description: 'How many resources a page holds when the request does not say.',
        },
      },
    },
    reports: {
      type: 'object',
      description: 'What is expected of the times in reports.',
      additionalProperties: false,
      default: {},
      properties: {
        max_clock_skew: duration('5m', "How far an adapter's clock may be ahead."),
        max_age: {
          type: 'string',
          format: 'duration',
          description: 'How old a report may be. Without it, any age.',
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
      },
    },
    entities: {
      type: 'array',
      description: 'The kinds of the document (x-kinds), each with the adapters that must report on it.',
      default: [],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['kind', 'required_adapters'],
        properties: {
          kind: { type: 'string', minLength: 1, description: 'The kind.' },
          required_adapters: {
            type: 'array',
            description:
              'The adapters, in the order in which their conditions are shown. [] is a legal choice.',
            items: { type: 'string', maxLength: 255, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
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

/** What servers write of what they do, read from their standard output and error as those who run them do. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { keepSecret, masked, maskedLine } from '../../server/observability/masking.ts'
import { base, report } from '../application.ts'
import { createDatabase, execute } from '../databases.ts'
import { end, quickStart, type ServerProcess } from '../processes.ts'

const adapters = {
  HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
  HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
}
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl-_'
const password = 'nor "this" \\ one'
const spec = 'pull-secret-of-nobody'

type Line = Record<string, unknown>

/** A server on a database of its own, with logging as the test says. */
async function start(t: Test, env: Record<string, string> = {}): Promise<ServerProcess & { url: string }> {
  const url = await createDatabase(adapters)
  const server = await quickStart(t, {
    ...adapters,
    HYPERFLEET_DATABASE_URL: url,
    HYPERFLEET_DATABASE_PASSWORD: password,
    HYPERFLEET_LOGGING_LEVEL: 'info',
    ...env,
  })
  return { ...server, url }
}

/** What a server has logged, once it has ended. */
async function logOf(
  { child, output }: ServerProcess,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<Line[]> {
  await end(child)
  return output[stream]
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

async function send(
  server: ServerProcess,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(`${server.api}${path}`, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text && JSON.parse(text) }
}

t.test('each request has one line that says what it was', async (t) => {
  const server = await start(t)
  const { body: cluster } = await send(server, 'POST', `${base}/clusters`, {
    kind: 'Cluster',
    name: 'one',
    spec: { spec },
  })
  const nested = `${base}/clusters/${cluster.id}/nodepools`
  const { body: pool } = await send(server, 'POST', nested, { kind: 'NodePool', name: 'one', spec: {} })
  const requests: [method: string, path: string, expected: Line, body?: object][] = [
    ['GET', `${base}/clusters?search=name%3D%27one%27`, { resource_type: 'cluster' }],
    ['GET', cluster.href, { resource_type: 'cluster', resource_id: cluster.id }],
    ['GET', nested, { resource_type: 'nodepool' }],
    ['GET', `${nested}/${pool.id}`, { resource_type: 'nodepool', resource_id: pool.id }],
    ['GET', `${pool.href}/statuses`, { resource_type: 'nodepool', resource_id: pool.id }],
    [
      'PUT',
      `${cluster.href}/statuses`,
      { resource_type: 'cluster', resource_id: cluster.id, adapter: 'validation' },
      report('validation', 1, 'True', 1),
    ],
    ['PATCH', pool.href, { resource_type: 'nodepool', resource_id: pool.id }, { spec: { spec, n: 2 } }],
    ['DELETE', cluster.href, { resource_type: 'cluster', resource_id: cluster.id }],
    ['POST', nested, { resource_type: 'nodepool' }, { kind: 'NodePool', name: 'two', spec: { spec } }],
    ['GET', `${base}/clusters/none`, { resource_type: 'cluster', resource_id: 'none' }],
    ['GET', '/nowhere', {}],
    ['GET', '/%ff', {}],
    ['GET', base, {}],
  ]
  const answers = []
  for (const [method, path, expected, body] of requests) {
    const { status, headers } = await send(server, method, path, body)
    answers.push({
      method,
      path: path.split('?')[0],
      status_code: status,
      expected,
      id: headers.get('x-request-id'),
    })
  }
  const lines = await logOf(server)

  const names = ['level', 'timestamp', 'component', 'version', 'hostname', 'message']
  for (const line of lines) t.hasProps(line, names, JSON.stringify(line))
  t.notMatch(server.output.stdout + server.output.stderr, spec, 'no body')
  t.notMatch(server.output.stdout, 'search=', 'no query')
  const created = lines.filter(({ method, status_code }) => method === 'POST' && status_code === 201)
  t.strictSame(
    created.map(({ resource_type, resource_id }) => [resource_type, resource_id]),
    [
      ['cluster', cluster.id],
      ['nodepool', pool.id],
    ],
    'what was created is named',
  )
  for (const { id, expected, ...common } of answers) {
    const [line, ...others] = lines.filter(({ request_id }) => request_id === id)
    t.same(others, [], `${common.method} ${common.path} has one line`)
    t.match(line, { level: 'info', message: 'request', ...common, ...expected })
    t.match(line?.trace_id, /^[\da-f]{32}$/)
    t.type(line?.duration_ms, 'number')
    for (const name of ['resource_type', 'resource_id', 'adapter'])
      t.equal(name in (line ?? {}), name in expected, `${common.method} ${common.path}: ${name}`)
  }
  t.ok(
    lines.filter(({ path }) => String(path).startsWith(`${base}/`)).every(({ caller }) => caller),
    'and who called',
  )
})

t.test('every line of a request can be told from others', async (t) => {
  const server = await start(t)
  await execute(
    server.url,
    `alter table resources add constraint no_such_spec check (spec ->> 'secret' is null) not valid`,
  )
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01`, 'x-request-id': 'mine' }
  const body = { kind: 'Cluster', name: 'one', spec: { secret: spec } }
  const failed = await send(server, 'POST', `${base}/clusters`, body, headers)
  t.match(failed, { status: 500, body: { trace_id: trace } })
  t.equal(failed.headers.get('x-request-id'), 'mine')
  const other = await send(server, 'POST', `${base}/clusters`, body)
  const refused = await send(server, 'GET', '/%ff', undefined, headers)
  t.match(refused, { status: 400, body: { trace_id: trace } })
  const garbage = await garbageTo(server)

  const lines = await logOf(server)
  const [error, answered, ...rest] = lines.filter(({ request_id }) => request_id === 'mine')
  t.match(
    [error, answered],
    [
      { level: 'error', trace_id: trace },
      { level: 'info', trace_id: trace, status_code: 500 },
    ],
  )
  t.match(rest, [{ trace_id: trace, status_code: 400 }], 'also where it was refused before there was a route')
  const id = other.headers.get('x-request-id')
  t.strictSame(
    lines.filter(({ request_id }) => request_id === id).map(({ trace_id }) => trace_id),
    [other.body.trace_id, other.body.trace_id],
    'where none was sent, the one of the answer',
  )
  t.match(
    lines.filter(({ trace_id }) => trace_id === garbage.trace_id),
    [{ message: 'request', status_code: 400 }],
    'what is no HTTP has a line, too',
  )

  const { err } = error as { err: Line }
  t.match(err, { code: '23514', severity: 'ERROR', table: 'resources', constraint: 'no_such_spec' })
  t.type(err.routine, 'string')
  t.match(err.stack, /database\.ts/)
  const directly = `select create_resource('Cluster', null, '${JSON.stringify(body)}', 'test', '{}', '')`
  const quoted = await execute(server.url, directly).catch(({ detail }) => detail)
  t.match(quoted, spec, 'PostgreSQL quotes the row')
  t.notMatch(server.output.stdout + server.output.stderr, spec, 'and the log does not')
  t.notOk('detail' in err || 'where' in err || 'hint' in err || 'internalQuery' in err)
})

/** Sends what is no HTTP, and returns the problem that it is answered with. */
async function garbageTo({ api }: ServerProcess): Promise<{ trace_id: string }> {
  const { port, hostname: host } = new URL(api)
  const socket = connect({ port: Number(port), host }).setEncoding('utf8')
  let answer = ''
  socket.on('data', (text) => {
    answer += text
  })
  socket.write('GARBAGE\r\n\r\n')
  await once(socket, 'end')
  return JSON.parse(answer.slice(answer.indexOf('{')))
}

t.test('secrets are hidden, wherever they come from, unless that is switched off', async (t) => {
  const words = `could not follow postgres://someone:tell-nobody@db.example.org/fleet with the password ${password}`
  for (const masking of ['true', 'false']) {
    const server = await start(t, { HYPERFLEET_LOGGING_MASKING_ENABLED: masking })
    await execute(
      server.url,
      `create function fail() returns trigger language plpgsql as $$
       begin raise exception using message = '${words.replaceAll("'", "''")}'; end $$`,
    )
    await execute(
      server.url,
      'create trigger fail before insert on resources for each row execute function fail()',
    )
    const body = { kind: 'Cluster', name: 'one', spec: {} }
    const headers = { 'x-request-id': jwt, authorization: `Bearer ${jwt}` }
    t.equal((await send(server, 'POST', `${base}/clusters`, body, headers)).status, 500)
    await send(server, 'GET', `/nowhere/bearer%20opaque-token`)

    const lines = await logOf(server)
    const [failed] = lines.filter(({ level }) => level === 'error') as { err: Line }[]
    const text = server.output.stdout + server.output.stderr
    const isShown = masking === 'false'
    t.equal(text.includes('eyJ'), isShown, 'the token')
    t.equal(text.includes('tell-nobody'), isShown, 'the password in a URL')
    t.equal(String(failed?.err.message).includes(password), isShown, 'the password of the database')
    t.equal(text.includes(JSON.stringify(password).slice(1, -1)), isShown, 'anywhere')
    t.match(failed?.err.message, /postgres:\/\/someone:.+@db\.example\.org\/fleet/, 'the rest is there')
  }
})

t.test('what is masked', async (t) => {
  const cases: [text: string, expected: string][] = [
    ['authorization: Bearer abc.def-1', 'authorization: Bearer ***'],
    ['BEARER abc== and more', 'BEARER *** and more'],
    [`the token ${jwt} is bad`, 'the token *** is bad'],
    ['postgres://me:a/b@c@host:5432/db', 'postgres://me:***@host:5432/db'],
    ['postgres://host/db?user=me&password=abc&ssl=1', 'postgres://host/db?user=me&password=***&ssl=1'],
    ['listening at http://localhost:8000/openapi-ui', 'listening at http://localhost:8000/openapi-ui'],
    [
      'https://issuer.example.org/jwks for me@example.org',
      'https://issuer.example.org/jwks for me@example.org',
    ],
  ]
  for (const [text, expected] of cases) t.equal(masked(text), expected)

  keepSecret({ url: 'postgres://me:p%40ss/word@host/db' })
  for (const form of ['p%40ss/word', 'p@ss/word']) t.equal(masked(`it is ${form}.`), 'it is ***.')
  const line = JSON.stringify({
    level: 'info',
    path: '/word',
    message: 'word',
    duration_ms: 12,
    nested: { a: ['b word'] },
  })
  keepSecret({ url: 'postgres://word:word@host/db' })
  t.strictSame(
    JSON.parse(maskedLine(`${line}\n`)),
    { level: 'info', path: '/word', message: '***', duration_ms: 12, nested: { a: ['b ***'] } },
    'a password that is a word leaves a line of the log what it is',
  )
  keepSecret({ url: 'postgres://localhost/db' })
  keepSecret({})
  t.equal(masked('localhost'), 'localhost', 'no password is no secret')
})

t.test('what callers send is searched for secrets in time that grows with it, and no faster', async (t) => {
  const time = (text: string) => {
    const times = [1, 2, 3].map(() => {
      const start = process.cpuUsage()
      masked(text)
      return process.cpuUsage(start).user / 1000
    })
    return Math.min(...times)
  }
  for (const part of ['://', '://a:', '://a:b@', '@', 'eyJ', 'eyJhbGci.', 'bearer ', 'password=', 'a', ':']) {
    // With the square of the length it would be a hundred times as long.
    const isTooMuch = [1, 2, 3].every(
      () => time(part.repeat(60_000)) > 50 * Math.max(1, time(part.repeat(6000))),
    )
    t.notOk(isTooMuch, part)
  }
})

t.test('a start that fails never shows the password of the URL', async (t) => {
  const passwords = [
    'tell-nobody',
    'tell/nobody',
    '12/tell-nobody',
    'tell?nobody',
    'tell#nobody',
    'tell nobody',
  ]
  const urls = [...passwords.map((each) => `postgres://someone:${each}@127.0.0.1:1/fleet`), 'tell-nobody']
  await Promise.all(
    urls.map(async (url) => {
      const child = spawn(process.execPath, ['commands/hyperfleet-api.js', 'serve'], {
        env: {
          PATH: process.env.PATH,
          ...adapters,
          HYPERFLEET_SERVER_JWT_ENABLED: 'false',
          HYPERFLEET_DATABASE_URL: url,
          HYPERFLEET_DATABASE_POOL_CONN_RETRY_ATTEMPTS: '1',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let text = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
      const [code] = await once(child, 'close')
      t.equal(code, 1)
      t.match(text, /^hyperfleet-api: (the database|database\.url)/, url)
      t.notMatch(text, /nobody/, `${url}: ${text}`)
    }),
  )
})

t.test('the log as text, on standard error', async (t) => {
  const server = await start(t, { HYPERFLEET_LOGGING_FORMAT: 'text', HYPERFLEET_LOGGING_OUTPUT: 'stderr' })
  await send(server, 'GET', `${base}/clusters`)
  await end(server.child)
  const { stdout, stderr } = server.output
  t.notMatch(stdout, /INFO|clusters"/, 'not on standard output')
  const [line] = stderr.split('\n').filter((each) => each.includes('/clusters'))
  t.match(
    line,
    /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] INFO <system@hyperfleet.local>: request \{.*"status_code":200/,
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with this character.
  t.notMatch(stderr, /\u001b/, 'no colours where there is no terminal')
  t.match(stderr, /the server ends: SIGTERM/, 'to the last word')
})

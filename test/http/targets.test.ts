/** What a request line may ask for: the forms of a target. */
import t from 'tap'
import { base } from '../application.ts'
import { ask, listenerNames, openListeners, statusOf } from '../listeners.ts'

t.test('a target in absolute form, as proxies send it, is that of its path', async (t) => {
  const { ports, call, lines } = await openListeners(t)
  const { body: cluster } = await call('POST', 'clusters', { kind: 'Cluster', name: 'one', spec: {} })
  const send = async (port: number, method: string, target: string) => {
    lines.length = 0
    const answer = await ask(port, `${method} ${target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    const isJson = /content-type: application\/(problem\+)?json/i.test(head) && body
    return {
      status: statusOf(answer),
      allow: /\r\nallow: (.*)/i.exec(head)?.[1],
      instance: isJson ? JSON.parse(body).instance : undefined,
      path: lines.map(({ path }) => path),
    }
  }
  const authorities = [
    'http://api.example.com',
    'https://api.example.com:8443',
    'HTTP://user:word@[::1]:8000',
  ]
  for (const [port, method, path] of [
    [ports.api, 'GET', `${base}/clusters?size=1`],
    [ports.api, 'GET', `${base}/clusters?size=0`],
    [ports.api, 'GET', cluster.href],
    [ports.api, 'HEAD', cluster.href],
    [ports.api, 'PUT', cluster.href],
    [ports.api, 'POST', `${base}/nodepools`],
    [ports.api, 'GET', '/nowhere?a=http://b/'],
    [ports.api, 'GET', '/'],
    [ports.api, 'GET', '/%ff'],
    [ports.api, 'GET', '/openapi.json'],
    [ports.health, 'GET', '/readyz'],
    [ports.health, 'POST', '/readyz'],
    [ports.metrics, 'GET', '/metrics'],
  ] as const) {
    const expected = await send(port, method, path)
    for (const authority of authorities)
      t.strictSame(await send(port, method, authority + path), expected, `${method} ${authority}${path}`)
  }
  for (const name of listenerNames)
    for (const target of ['http://api.example.com', 'http://api.example.com?a=b'])
      t.match(
        await send(ports[name], 'GET', target),
        name === 'api' ? { status: 302, path: ['/'] } : { status: 404, instance: '/', path: ['/'] },
        target,
      )
  t.equal((await send(ports.api, 'GET', `http:/${base}`)).status, 404, 'what follows the scheme is a host')
  t.equal((await send(ports.api, 'GET', `http://${base}`)).status, 400, 'which must be there')
})

t.test('a path with an empty part is another path', async (t) => {
  const { ports } = await openListeners(t)
  for (const path of [`/${base}/clusters`, base.replace('/api', '/api/'), `${base}//clusters`]) {
    const answer = await ask(ports.api, `GET ${path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`)
    t.match(answer, /^HTTP\/1\.1 404 [\s\S]*HYPERFLEET-NTF-000/, path)
  }
})

t.test('a target with a fragment is refused, and neither answered nor logged beyond its path', async (t) => {
  const { ports, lines } = await openListeners(t)
  for (const name of listenerNames)
    for (const target of [
      `${base}/clusters#fields=name`,
      `${base}/clusters?size=1#a`,
      '/readyz#',
      '/#secret',
    ]) {
      lines.length = 0
      const answer = await ask(
        ports[name],
        `GET ${target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`,
      )
      t.equal(statusOf(answer), 400, `${name} ${target}`)
      t.notMatch(answer, '#f', 'the fragment is not in the answer')
      t.strictSame(
        lines.map(({ path }) => path),
        [target.split(/[?#]/)[0]],
      )
    }
})

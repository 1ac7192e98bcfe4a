import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { exportSPKI, importJWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import t from 'tap'
import { hasQueryMethod } from '../../server/http/routing/query-method.ts'
import { type Answer, type Application, application, base } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { bearer, createIssuer, inSeconds, keptLog, refuses, trusting, unusableKeys } from '../issuers.ts'
import { launch, quickStart, serving, temporaryFolder } from '../processes.ts'

let names = 0
const fresh = () => `c-${++names}`
const cluster = (name: string) => ({ kind: 'Cluster', name, spec: {} })

/** A value in ASCII: a line separator would end a line of the test's output. */
const shown = (value: unknown) =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)

const database = await createDatabase()

t.test('a token', async (t) => {
  const issuer = await createIssuer(t)
  await issuer.addKey('curve', 'ES256')
  const stranger = await createIssuer(t)
  await stranger.addKey('curve', 'ES256')
  const { call } = await application(
    t,
    trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url, audience: 'fleet' }),
    database,
  )
  const token = (kid: string, claims: JWTPayload = {}, header = {}) =>
    issuer.token(kid, { aud: 'fleet', ...claims }, header)
  const get = (headers: Record<string, string>) => call('GET', 'clusters', undefined, headers)

  await t.test('is taken', async (t) => {
    const good: Record<string, string> = {
      'signed with RS256': await token('first'),
      'signed with ES256': await token('curve'),
      'for several audiences': await token('first', { aud: ['other', 'fleet'] }),
      'that has just expired': await token('first', { exp: inSeconds(-20) }),
      'that is valid in a moment': await token('first', { nbf: inSeconds(20) }),
      'that does not name its key': await token('first', {}, { kid: undefined }),
    }
    for (const [name, each] of Object.entries(good)) t.equal((await get(bearer(each))).status, 200, name)
    for (const scheme of ['bearer', 'BEARER', 'Bearer  ']) {
      t.equal((await get({ authorization: `${scheme} ${await token('first')}` })).status, 200, scheme)
    }
  })

  await t.test('is refused', async (t) => {
    const [header, payload, signature] = (await token('first')).split('.')
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: issuer.url, aud: 'fleet', email: 'me@example.com', exp: inSeconds(300) }
    const publicKey = await importJWK(issuer.keys.get('first')?.publicJwk ?? {}, 'RS256', {
      extractable: true,
    })
    const secret = Buffer.from(await exportSPKI(publicKey as never))
    const bad: [name: string, token: string, code: string, detail: string | RegExp][] = [
      ['expired', await token('first', { exp: inSeconds(-31) }), 'AUT-003', 'has expired'],
      ['long expired', await token('curve', { exp: 1 }), 'AUT-003', 'has expired'],
      ['not yet valid', await token('first', { nbf: inSeconds(60) }), 'AUT-002', 'not valid yet'],
      [
        'of another issuer',
        await stranger.token('first', { aud: 'fleet' }),
        'AUT-002',
        'an issuer that is trusted',
      ],
      [
        'of nobody',
        await token('first', { iss: undefined as never }),
        'AUT-002',
        'an issuer that is trusted',
      ],
      ['for others', await token('first', { aud: 'others' }), 'AUT-002', 'another audience'],
      ['for nobody', await token('first', { aud: undefined as never }), 'AUT-002', 'another audience'],
      ['without an end', await token('first', { exp: undefined as never }), 'AUT-002', 'no expiry'],
      ['with a text for an end', await token('first', { exp: '2999' as never }), 'AUT-002', 'no expiry'],
      [
        'signed with the key of a stranger',
        await stranger.token('curve', claims),
        'AUT-002',
        'signature of the token is wrong',
      ],
      [
        'changed',
        `${header}.${encode({ ...claims, email: 'you@example.com' })}.${signature}`,
        'AUT-002',
        'signature',
      ],
      ['without a signature', `${header}.${payload}.`, 'AUT-002', 'signature'],
      ['unsigned', new UnsecuredJWT(claims).encode(), 'AUT-002', 'another way than RS256 or ES256'],
      [
        'signed with the public key as a secret',
        await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secret),
        'AUT-002',
        'another way than RS256 or ES256',
      ],
      [
        'of an RSA key, said to be ES256',
        `${encode({ alg: 'ES256', kid: 'first' })}.${payload}.${signature}`,
        'AUT-002',
        'a key that its issuer does not have',
      ],
      [
        'with a critical extension',
        await token('first', {}, { crit: ['x'], x: 1 }).catch(
          () => `${encode({ alg: 'RS256', kid: 'first', crit: ['x'], x: 1 })}.${payload}.${signature}`,
        ),
        'AUT-002',
        /./,
      ],
      ['garbage', 'nonsense', 'AUT-002', 'no JSON Web Token'],
      ['two dots', '..', 'AUT-002', 'no JSON Web Token'],
      ['four parts', `${await token('first')}.x`, 'AUT-002', 'no JSON Web Token'],
      ['two tokens', `${await token('first')} ${await token('first')}`, 'AUT-002', /./],
      ['huge', 'x'.repeat(60_000), 'AUT-002', 'no JSON Web Token'],
      [
        'huge and well-formed',
        await token('first', { aud: 'others', x: 'x'.repeat(30_000) }),
        'AUT-002',
        /./,
      ],
    ]
    for (const [name, each, code, detail] of bad) {
      const answer = await get(bearer(each))
      refuses(t, answer, code, detail, name)
      t.match(answer.headers['www-authenticate'], /error="invalid_token", error_description="[^"\\]+"$/, name)
      if (each.length > 8) t.notOk(answer.text.includes(each.slice(-20)), `${name} is not repeated`)
    }
  })

  await t.test('is asked for', async (t) => {
    const none: Record<string, Record<string, string>> = {
      nothing: {},
      'an empty header': { authorization: '' },
      'an empty Bearer': { authorization: 'Bearer' },
      'a blank Bearer': { authorization: 'Bearer ' },
      Basic: { authorization: 'Basic bWU6c2VjcmV0' },
      'a bare token': { authorization: await token('first') },
      'a token elsewhere': { 'x-token': await token('first') },
    }
    for (const [name, headers] of Object.entries(none)) {
      const answer = await get(headers)
      refuses(t, answer, 'AUT-001', 'authorization: Bearer <token>', name)
      t.equal(answer.headers['www-authenticate'], 'Bearer realm="hyperfleet-api"', name)
    }
    refuses(t, await call('GET', `clusters?access_token=${await token('first')}`), 'AUT-001', /./)
  })

  await t.test('is verified once', async (t) => {
    const { subtle } = crypto
    const verified = t.capture(subtle, 'verify', subtle.verify)
    const one = await token('first', { email: 'one@example.com' })
    for (let count = 0; count < 20; count++) t.equal((await get(bearer(one))).status, 200)
    t.equal(verified().length, 1)
    t.equal((await get(bearer(await token('first', { email: 'you@example.com' })))).status, 200)
    t.equal(verified().length, 1, 'another one is verified, too')
  })

  await t.test('that is known is refused once it has expired', async (t) => {
    // It ends with the leeway: within a second or two.
    const ending = await token('first', { exp: inSeconds(-28) })
    t.equal((await get(bearer(ending))).status, 200)
    const statuses = new Set([200])
    let last: Answer
    do {
      last = await get(bearer(ending))
      statuses.add(last.status)
    } while (last.status === 200)
    refuses(t, last, 'AUT-003', 'has expired')
    t.same([...statuses], [200, 401])
  })
})

t.test('refusals come in their order', async (t) => {
  const issuer = await createIssuer(t)
  const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
  const { call, app } = await application(t, env, database)
  const headers = bearer(await issuer.token('first'))

  t.match(await call('GET', `${base}/nothing`), { status: 404, body: { code: 'HYPERFLEET-NTF-000' } })
  t.match(await call('GET', `${base}/clusters//statuses`), {
    status: 404,
    body: { code: 'HYPERFLEET-NTF-000' },
  })
  t.match(await call('PUT', 'clusters'), {
    status: 405,
    headers: { allow: `GET, HEAD, POST${hasQueryMethod ? ', QUERY' : ''}` },
  })
  for (const [method, path, body] of [
    ['GET', 'clusters?nonsense=1'],
    ['GET', 'clusters?search=((('],
    ['GET', 'clusters/nowhere'],
    ['POST', 'clusters', '{'],
    ['POST', 'clusters', { kind: 'Cluster' }],
    ['POST', 'clusters', 'x'.repeat(1024 * 1024 + 1)],
    ['DELETE', 'clusters/nowhere'],
  ] as const) {
    refuses(t, await call(method, path, body), 'AUT-001', /./, `${method} ${path}`)
    const { status } = await call(method, path, body, headers)
    t.ok(status >= 400 && status !== 401, `${method} ${path} with a token is ${status}`)
  }
  const head = await app.inject({ method: 'HEAD', url: `${base}/clusters` })
  t.equal(head.statusCode, 401)
  t.match(head.headers['www-authenticate'], 'Bearer')
  t.equal((await app.inject({ method: 'HEAD', url: `${base}/clusters`, headers })).statusCode, 200)

  for (const path of [
    '/api/hyperfleet',
    base,
    `${base}/compatibility`,
    `${base}/openapi`,
    '/openapi',
    '/openapi.json',
    '/openapi.yaml',
    '/openapi-ui',
    `${base}/openapi.html`,
  ]) {
    for (const sent of [{}, bearer('nonsense')])
      t.equal((await app.inject({ url: path, headers: sent })).statusCode, 200, path)
  }
})

t.test('several issuers have headers, claims and keys of their own', async (t) => {
  const [one, two, three] = [await createIssuer(t), await createIssuer(t), await createIssuer(t)]
  const { call } = await application(
    t,
    trusting(
      { issuer_url: one.url, jwk_cert_url: one.url },
      { issuer_url: two.url, jwk_cert_url: two.url, identity_claim: 'sub' },
      { issuer_url: three.url, jwk_cert_url: three.url, header: 'X-Gateway-Token' },
    ),
    database,
  )
  const created = async (headers: Record<string, string>) => {
    const answer = await call('POST', 'clusters', cluster(fresh()), headers)
    return answer.body.created_by ?? answer.body.code
  }
  t.equal(await created(bearer(await one.token('first'))), `${one.url}#me@example.com`)
  t.equal(await created(bearer(await two.token('first', { sub: 'two' }))), `${two.url}#two`)
  const third = await three.token('first', { email: 'three@example.com' })
  t.equal(await created({ 'x-gateway-token': third }), `${three.url}#three@example.com`, 'bare')
  t.equal(
    await created({ 'x-gateway-token': `Bearer ${third}` }),
    `${three.url}#three@example.com`,
    'with its scheme',
  )
  t.equal(await created(bearer(third)), 'HYPERFLEET-AUT-002', 'in the header of others, although it is known')
  const first = await one.token('first')
  t.equal(await created({ 'x-gateway-token': first }), 'HYPERFLEET-AUT-002')
  t.equal(
    await created({ authorization: 'Bearer gateway-of-its-own', 'x-gateway-token': third }),
    `${three.url}#three@example.com`,
    'a header that holds nothing of ours is passed over',
  )
  t.equal(
    await created({ ...bearer(first), 'x-gateway-token': third }),
    `${one.url}#me@example.com`,
    'the first of the headers counts',
  )
  t.equal(
    await created(bearer(await one.token('first', { iss: two.url }))),
    'HYPERFLEET-AUT-002',
    'an issuer cannot speak for another',
  )
  refuses(
    t,
    await call('GET', 'clusters'),
    'AUT-001',
    'authorization: Bearer <token> or x-gateway-token: <token>',
  )
})

t.test('the caller', async (t) => {
  const issuer = await createIssuer(t)
  const settings = { issuer_url: issuer.url, jwk_cert_url: issuer.url }

  await t.test('is written down', async (t) => {
    const log = keptLog()
    const { call } = await application(t, trusting(settings), database, log.logger)
    const as = async (email: string) => bearer(await issuer.token('first', { email }))
    const [me, you, other] = [
      await as('me@example.com'),
      await as('you@example.com'),
      await as('other@example.com'),
    ]
    const { body: made } = await call('POST', 'clusters', cluster('written-down'), me)
    t.match(made, { created_by: 'me@example.com', updated_by: 'me@example.com' })
    const { body: changed } = await call('PATCH', made.href, { labels: { a: 'b' } }, you)
    t.match(changed, { created_by: 'me@example.com', updated_by: 'you@example.com' })

    const pinned = await application(
      t,
      { ...trusting(settings), HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]' },
      undefined,
      log.logger,
    )
    const { body: held } = await pinned.call('POST', 'clusters', cluster('removed'), me)
    t.match((await pinned.call('DELETE', held.href, undefined, you)).body, { deleted_by: 'you@example.com' })
    const forced = await pinned.call('POST', `${held.href}/force-delete`, { reason: 'test' }, other)
    t.equal(forced.status, 204)
    const audit = log.lines.map((line) => JSON.parse(line)).find((line) => line.audit === 'force-delete')
    t.match(audit, { caller: 'other@example.com', resource_id: held.id })
  })

  await t.test('has Idempotency-Keys of its own', async (t) => {
    const { call } = await application(t, trusting(settings), database)
    const create = async (name: string, email: string) => {
      const headers = { ...bearer(await issuer.token('first', { email })), 'idempotency-key': 'the-same' }
      return call('POST', 'clusters', cluster(name), headers)
    }
    const [mine, yours] = [await create('mine', 'me@example.com'), await create('yours', 'you@example.com')]
    t.match([mine.status, yours.status], [201, 201])
    t.not(mine.body.id, yours.body.id)
    t.equal((await create('mine', 'me@example.com')).body.id, mine.body.id)
  })

  await t.test('must be named by a token that writes', async (t) => {
    const { app, call } = await application(t, trusting(settings), database)
    const nobody = bearer(await issuer.token('first', { email: undefined }))
    t.equal((await call('GET', 'clusters', undefined, nobody)).status, 200)
    const head = await app.inject({ method: 'HEAD', url: `${base}/clusters`, headers: nobody })
    t.equal(head.statusCode, 200)
    const { body: existing } = await call(
      'POST',
      'clusters',
      cluster('existing'),
      bearer(await issuer.token('first')),
    )
    for (const [method, path, body] of [
      ['POST', 'clusters', cluster('by-nobody')],
      ['PATCH', existing.href, { labels: {} }],
      ['DELETE', existing.href, undefined],
      ['POST', `${existing.href}/statuses`, {}],
      ['PUT', `${existing.href}/statuses`, {}],
    ] as const) {
      const answer = await call(method, path, body, nobody)
      refuses(t, answer, 'AUT-001', 'the token has no claim email', `${method} ${path}`)
      t.match(answer.headers['www-authenticate'], 'error="invalid_token"')
    }
  })

  await t.test('is a claim that can be written down', async (t) => {
    const { call } = await application(t, trusting(settings), database)
    const as = async (email: unknown) =>
      call('POST', 'clusters', cluster(fresh()), bearer(await issuer.token('first', { email })))
    for (const good of [
      'x',
      'Zoë Ünïcode <zoë@example.com>',
      '名前',
      '🚀',
      'x'.repeat(256),
      'é'.repeat(128),
    ]) {
      t.equal((await as(good)).body.created_by, good)
    }
    for (const [bad, detail] of [
      ['', 'is empty'],
      ['  ', 'is empty'],
      ['x'.repeat(257), 'more than 256 bytes'],
      [`é${'x'.repeat(255)}`, 'more than 256 bytes'],
      ['a\u0000b', 'control characters'],
      ['a\nb', 'control characters'],
      ['a\u007f', 'control characters'],
      ['a\u0085', 'control characters'],
      ['a\u202eb', 'format characters'],
      ['a\u200bb', 'format characters'],
      ['a\u{e0041}b', 'format characters'],
      ['\ufeffa', 'format characters'],
      ['a\u2028b', 'line separators'],
      ['a\u2029b', 'line separators'],
      [' me@example.com', 'begins or ends with a blank'],
      ['me@example.com ', 'begins or ends with a blank'],
      ['\u00a0me', 'begins or ends with a blank'],
      ['me\u3000', 'begins or ends with a blank'],
      ['system@hyperfleet.local', 'the system itself'],
      ['System@HyperFleet.local', 'the system itself'],
      ['a\ud800', 'is not a text'],
      [5, 'is not a text'],
      [true, 'is not a text'],
      [['me@example.com'], 'is not a text'],
      [{ a: 1 }, 'is not a text'],
    ] as const) {
      refuses(t, await as(bad), 'AUT-002', detail, shown(bad))
    }
    refuses(t, await as(null), 'AUT-001', 'no claim email')
  })

  await t.test('is not an email that its issuer has not verified, unless that is so set', async (t) => {
    const { call } = await application(t, trusting(settings), database)
    const taken = async (sender: Application['call'], claims: JWTPayload) => {
      const headers = bearer(await issuer.token('first', claims))
      const read = await sender('GET', 'clusters', undefined, headers)
      const write = await sender('POST', 'clusters', cluster(fresh()), headers)
      return [read.status, write.status]
    }
    for (const email_verified of [true, 'true', null, undefined])
      t.same(await taken(call, { email_verified }), [200, 201], String(email_verified))
    for (const email_verified of [false, 'false', 'yes', 0, 1, {}])
      t.same(await taken(call, { email_verified }), [200, 401], String(email_verified))
    const unverified = bearer(await issuer.token('first', { email_verified: false }))
    const answer = await call('POST', 'clusters', cluster(fresh()), unverified)
    refuses(t, answer, 'AUT-001', 'its issuer has not verified the email of the token')

    const patterned = await application(t, trusting({ ...settings, identity_claim_pattern: '.*' }), database)
    t.same(await taken(patterned.call, { email_verified: false }), [401, 401], 'with a pattern')
    const allowing = await application(t, trusting({ ...settings, allow_unverified_email: true }), database)
    t.same(await taken(allowing.call, { email_verified: false }), [200, 201], 'where it is so set')
    const others = await application(t, trusting({ ...settings, identity_claim: 'sub' }), database)
    t.same(await taken(others.call, { sub: 'me', email_verified: false }), [200, 201], 'another claim')
  })

  await t.test('is no member that every object has', async (t) => {
    const { call } = await application(t, trusting({ ...settings, identity_claim: 'constructor' }), database)
    const answer = await call('POST', 'clusters', cluster('constructor'), bearer(await issuer.token('first')))
    refuses(t, answer, 'AUT-001', 'no claim constructor')
  })

  await t.test('must fit the pattern', async (t) => {
    const patterned = { ...settings, identity_claim_pattern: '[^@]+@example\\.com|service' }
    const { call } = await application(t, trusting(patterned), database)
    const as = async (email: string | undefined) =>
      call('GET', 'clusters', undefined, bearer(await issuer.token('first', { email })))
    t.equal((await as('me@example.com')).status, 200)
    t.equal((await as('service')).status, 200)
    for (const bad of [
      'me@example.com.evil',
      'x-service',
      'me@exampleXcom',
      'a@b@example.com',
      '\nservice',
    ]) {
      refuses(t, await as(bad), 'AUT-002', /./, bad)
    }
    refuses(t, await as(undefined), 'AUT-002', 'no claim email')
  })

  await t.test('is the one that a header names, where that is so set', async (t) => {
    const log = keptLog()
    const { app, call } = await application(
      t,
      trusting({ ...settings, identity_header: 'X-User' }),
      database,
      log.logger,
    )
    t.equal(log.warnings().length, 1)
    t.match(log.warnings()[0], /server\.jwt\.configs\[0\]\.identity_header: .*X-User.* gateway/)
    await app.listen({ port: 0, host: '127.0.0.1' })
    const token = await issuer.token('first')
    const as = (user: string | string[], sent = token) =>
      createOverWire(app, { ...bearer(sent), 'x-user': user })
    const bytes = (text: string) => Buffer.from(text).toString('latin1')

    t.equal((await as('someone@example.com')).body.created_by, 'someone@example.com')
    t.equal((await as(bytes('Zoë 名前 🚀'))).body.created_by, 'Zoë 名前 🚀', 'in UTF-8')
    t.equal((await as(bytes('é'.repeat(128)))).body.created_by, 'é'.repeat(128))
    t.equal(
      (await as('named', await issuer.token('first', { email: undefined }))).body.created_by,
      'named',
      'a token need not name anybody then',
    )
    t.equal(
      (await call('POST', 'clusters', cluster('by-claim'), bearer(token))).body.created_by,
      'me@example.com',
      'where it is not sent, the claim counts',
    )
    for (const [bad, detail] of [
      ['', 'is empty'],
      ['\xe9', 'not in UTF-8'],
      ['\xc0\x80', 'not in UTF-8'],
      ['\xed\xa0\x80', 'not in UTF-8'],
      ['a\tb', 'control characters'],
      [bytes('a\u0085b'), 'control characters'],
      [bytes('a\u202eb'), 'format characters'],
      [bytes('a\u200b'), 'format characters'],
      [bytes('a\u2028b'), 'line separators'],
      [bytes('\u00a0me'), 'begins or ends with a blank'],
      ['system@hyperfleet.local', 'the system itself'],
      [bytes(`é${'x'.repeat(255)}`), 'more than 256 bytes'],
      [['one', 'two'], 'sent once'],
    ] as [string | string[], string][]) {
      const { status, body } = await as(bad)
      t.match({ status, body }, { status: 401, body: { code: 'HYPERFLEET-AUT-002', detail } }, shown(bad))
    }
    const { status, body } = await createOverWire(app, { 'x-user': 'someone@example.com' })
    t.match({ status, body }, { status: 401, body: { code: 'HYPERFLEET-AUT-001' } }, 'the header is no token')
  })
})

t.test('two tokens are none: others may look at the other one', async (t) => {
  const issuer = await createIssuer(t)
  const { app } = await application(
    t,
    trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url }),
    database,
  )
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const token = `authorization: Bearer ${await issuer.token('first')}`
  for (const [headers, status] of [
    [[token], 200],
    [[token, token], 401],
    [[token, 'authorization: Bearer junk'], 401],
  ] as const) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      [`GET ${base}/clusters HTTP/1.1`, 'host: a', 'connection: close', ...headers, '', ''].join('\r\n'),
    )
    let answer = ''
    for await (const chunk of socket) answer += chunk
    t.match(answer, `HTTP/1.1 ${status}`)
  }
})

t.test('a file that holds something else is one line, which does not quote it', async (t) => {
  const folder = await temporaryFolder(t)
  writeFileSync(`${folder}/secrets`, 'root:x:0:0')
  const { output, ended } = launch(t, 'hyperfleet-api', ['serve'], {
    ...serving('postgres://nobody@127.0.0.1:1/away'),
    ...trusting({ issuer_url: 'https://a.example.com', jwk_cert_file: `${folder}/secrets` }),
  })
  t.equal(await ended, 1)
  t.equal(output.stdout, '')
  t.match(output.stderr, /^hyperfleet-api: .*jwk_cert_file.*it is not JSON\n$/)
})

t.test('settings that cannot be followed stop the start', async (t) => {
  const folder = await temporaryFolder(t)
  const issuer = await createIssuer(t)
  const file = (name: string, content: string) => {
    writeFileSync(`${folder}/${name}`, content)
    return `${folder}/${name}`
  }
  const unusable = await unusableKeys()
  const good = {
    issuer_url: 'https://good.example.com',
    jwk_cert_file: file('good', JSON.stringify(issuer.set())),
  }
  const bad: [settings: object, setting: string, reason: RegExp][] = [
    [{ jwk_cert_file: `${folder}/missing` }, 'jwk_cert_file', /missing.*ENOENT/],
    [{ jwk_cert_file: folder }, 'jwk_cert_file', /EISDIR/],
    [{ jwk_cert_file: file('pem', '-----BEGIN PUBLIC KEY-----') }, 'jwk_cert_file', /JSON/],
    [{ jwk_cert_file: file('none', '{"keys":[]}') }, 'jwk_cert_file', /no keys/],
    [{ jwk_cert_file: file('secret', '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}') }, 'jwk_cert_file', /public/],
    [
      { jwk_cert_file: file('unusable', JSON.stringify({ keys: unusable })) },
      'jwk_cert_file',
      /RS256 or ES256/,
    ],
    [{ jwk_cert_url: issuer.url, jwk_cert_ca_file: `${folder}/missing` }, 'jwk_cert_ca_file', /ENOENT/],
    [{ jwk_cert_url: issuer.url, jwk_cert_ca_file: file('ca', 'no certificate') }, 'jwk_cert_ca_file', /PEM/],
    [{ ...good, identity_claim_pattern: '(' }, 'identity_claim_pattern', /RE2/],
    [{ ...good, identity_claim_pattern: '(?=a)a' }, 'identity_claim_pattern', /RE2/],
  ]
  for (const [settings, setting, reason] of bad) {
    const env = trusting(good, { ...settings, issuer_url: 'https://bad.example.com' })
    const error = await application(t, env, database).then(
      () => undefined,
      (error: Error) => error,
    )
    t.equal(error?.constructor.name, 'StartError', setting)
    t.match(error?.message, `server.jwt.configs[1].${setting}`)
    t.match(error?.message, reason)
  }
})

t.test('no token gets into the log', async (t) => {
  const issuer = await createIssuer(t)
  const folder = await temporaryFolder(t)
  const { child, api } = await quickStart(t, {
    ...trusting(
      { issuer_url: issuer.url, jwk_cert_url: issuer.url },
      { issuer_url: 'https://other.example.com', jwk_cert_url: issuer.url, header: 'X-Token' },
    ),
    HYPERFLEET_DATABASE_EMBEDDED_DIR: `${folder}/postgres`,
    HYPERFLEET_LOGGING_LEVEL: 'trace',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk
    })
  const good = await issuer.token('first')
  const tokens = [good, await issuer.token('first', { exp: 1 }), `${good}x`, 'nonsense-of-mine']
  for (const token of tokens) {
    await fetch(`${api}${base}/clusters`, { headers: bearer(token) })
    await fetch(`${api}${base}/clusters`, { headers: { 'x-token': token } })
    await fetch(`${api}${base}/clusters`, { method: 'POST', headers: bearer(token), body: '{' })
  }
  // With the keys gone, an unknown one is an error, which is logged.
  await issuer.stop()
  const unknown = await issuer.token('first', {}, { kid: 'unknown' })
  t.equal((await fetch(`${api}${base}/clusters`, { headers: bearer(unknown) })).status, 503)
  child.kill('SIGTERM')
  await once(child, 'close')
  t.ok(output.split('\n').filter((line) => line.includes('"status_code":401')).length >= 5)
  t.match(output, '"status_code":503')
  for (const token of [...tokens, unknown])
    for (const part of token.split('.')) t.notOk(output.includes(part), part.slice(0, 20))
})

/** Creates a cluster through a real connection: header values are the bytes of latin1. */
async function createOverWire({ server }: Application['app'], headers: Record<string, string | string[]>) {
  const { port } = server.address() as AddressInfo
  const sent = request({
    port,
    host: '127.0.0.1',
    path: `${base}/clusters`,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  })
  // As bytes: with a text, Node would write the headers in the encoding of that text.
  sent.end(Buffer.from(JSON.stringify(cluster(fresh()))))
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode as number, body: JSON.parse(text) }
}

import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Writable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { FastifyBaseLogger } from 'fastify'
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { KeySet } from '../../server/identity/key-set.ts'
import { urlSource } from '../../server/identity/key-source.ts'
import { type Answer, type Application, application, base } from '../application.ts'
import { createDatabase } from '../databases.ts'
import { authorityFile, createIssuer, inSeconds, type TestIssuer, trusting } from '../issuers.ts'
import { launch, quickStart, serving, temporaryFolder } from '../processes.ts'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
let names = 0
const fresh = () => `c-${++names}`
const cluster = (name: string) => ({ kind: 'Cluster', name, spec: {} })

/** Asserts a refusal for want of a good token. */
function refuses(t: Test, answer: Answer, code: string, detail: string | RegExp, message = code) {
  t.match(answer, { status: 401, body: { code: `HYPERFLEET-${code}`, detail } }, message)
  t.match(answer.headers['www-authenticate'], /^Bearer realm="hyperfleet-api"/, message)
  t.match(answer.headers['x-request-id'], /./, message)
  t.equal(answer.headers['retry-after'], undefined, message)
}

/** A log that is kept. */
function keptLog() {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const logger = pino({ messageKey: 'message' }, stream) as unknown as FastifyBaseLogger
  return { logger, lines, warnings: () => lines.filter((line) => JSON.parse(line).level === 40) }
}

/** Public keys with which no token can be checked here. */
async function unusableKeys(): Promise<JWK[]> {
  const publicJwk = async (alg: string, options = {}) =>
    exportJWK((await generateKeyPair(alg, { extractable: true, ...options })).publicKey)
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }) as JWK
  const rsa = await publicJwk('RS256')
  return [
    { ...(await publicJwk('EdDSA')), kid: 'ed25519' },
    { ...(await publicJwk('ES384')), kid: 'curve' },
    { ...rsa, alg: 'PS256', kid: 'algorithm' },
    { ...rsa, use: 'enc', kid: 'use' },
    { ...rsa, key_ops: ['encrypt'], kid: 'operations' },
    { ...rsa, n: '', kid: 'no number' },
    { kty: 'RSA', e: 'AQAB', alg: 'RS256', kid: 'half a key' },
    { ...short, alg: 'RS256', kid: 'short' },
    { kty: 'unknown', kid: 'type' },
  ]
}

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
  t.match(await call('PUT', 'clusters'), { status: 405, headers: { allow: 'GET, HEAD, POST' } })
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
  t.equal(await created(bearer(await one.token('first'))), 'me@example.com')
  t.equal(await created(bearer(await two.token('first', { sub: 'two' }))), 'two')
  const third = await three.token('first', { email: 'three@example.com' })
  t.equal(await created({ 'x-gateway-token': third }), 'three@example.com', 'bare')
  t.equal(await created({ 'x-gateway-token': `Bearer ${third}` }), 'three@example.com', 'with its scheme')
  t.equal(await created(bearer(third)), 'HYPERFLEET-AUT-002', 'in the header of others, although it is known')
  const first = await one.token('first')
  t.equal(await created({ 'x-gateway-token': first }), 'HYPERFLEET-AUT-002')
  t.equal(
    await created({ authorization: 'Bearer gateway-of-its-own', 'x-gateway-token': third }),
    'three@example.com',
    'a header that holds nothing of ours is passed over',
  )
  t.equal(
    await created({ ...bearer(first), 'x-gateway-token': third }),
    'me@example.com',
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
      ['a\ud800', 'is not a text'],
      [5, 'is not a text'],
      [true, 'is not a text'],
      [['me@example.com'], 'is not a text'],
      [{ a: 1 }, 'is not a text'],
    ] as const) {
      refuses(t, await as(bad), 'AUT-002', detail, JSON.stringify(bad))
    }
    refuses(t, await as(null), 'AUT-001', 'no claim email')
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
      [bytes(`é${'x'.repeat(255)}`), 'more than 256 bytes'],
      [['one', 'two'], 'sent once'],
    ] as [string | string[], string][]) {
      const { status, body } = await as(bad)
      t.match(
        { status, body },
        { status: 401, body: { code: 'HYPERFLEET-AUT-002', detail } },
        JSON.stringify(bad),
      )
    }
    const { status, body } = await createOverWire(app, { 'x-user': 'someone@example.com' })
    t.match({ status, body }, { status: 401, body: { code: 'HYPERFLEET-AUT-001' } }, 'the header is no token')
  })
})

t.test('keys', async (t) => {
  const tryToken = (call: Application['call'], token: string) =>
    call('GET', 'clusters', undefined, bearer(token))

  await t.test('that are new are followed at once, and those that have gone are forgotten', async (t) => {
    const issuer = await createIssuer(t)
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
    const { call } = await application(t, env, database)
    const before = await issuer.token('first')
    t.equal((await tryToken(call, before)).status, 200)
    t.equal(issuer.reads, 1)
    await issuer.addKey('second')
    issuer.keys.delete('first')
    t.equal((await tryToken(call, await issuer.token('second'))).status, 200)
    t.equal(issuer.reads, 2)
    refuses(t, await tryToken(call, before), 'AUT-002', 'a key that its issuer does not have')
  })

  await t.test(
    'that nobody has are asked for about once a second, however many tokens name them',
    async (t) => {
      const issuer = await createIssuer(t)
      const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
      const { call } = await application(t, env, database)
      const stranger = await createIssuer(t)
      const began = performance.now()
      for (const round of ['a', 'b', 'c']) {
        const tokens = Array.from({ length: 20 }, (_, index) =>
          stranger.token('first', { iss: issuer.url }, { kid: `${round}-${index}` }),
        )
        const answers = await Promise.all((await Promise.all(tokens)).map((token) => tryToken(call, token)))
        for (const answer of answers) refuses(t, answer, 'AUT-002', 'a key that its issuer does not have')
      }
      const seconds = (performance.now() - began) / 1000
      t.ok(issuer.reads <= 2 + seconds, `${issuer.reads} readings in ${seconds} s`)
    },
  )

  await t.test('without ids are tried in turn', async (t) => {
    const issuer = await createIssuer(t)
    await issuer.addKey('second')
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
    const { call } = await application(t, env, database)
    const unnamed = { kid: undefined }
    for (const kid of ['first', 'second']) {
      t.equal((await tryToken(call, await issuer.token(kid, {}, unnamed))).status, 200, kid)
    }
    const stranger = await createIssuer(t)
    refuses(
      t,
      await tryToken(call, await stranger.token('first', { iss: issuer.url }, unnamed)),
      'AUT-002',
      'signature of the token is wrong',
    )
    refuses(t, await tryToken(call, await issuer.token('second', { exp: 1 }, unnamed)), 'AUT-003', 'expired')
  })

  await t.test('are read again and again', async (t) => {
    const issuer = await createIssuer(t)
    const keys = new KeySet(urlSource(issuer.url), keptLog().logger)
    await keys.renew()
    t.equal(keys.version, 1)
    keys.refresh(10)
    await issuer.addKey('second')
    while (keys.version === 1) await new Promise((resolve) => setImmediate(resolve))
    t.equal(keys.members.length, 2)
    await keys.close()
  })

  await t.test('of a server that is down at the start are 503, until it is there', async (t) => {
    const issuer = await createIssuer(t)
    await issuer.stop()
    const log = keptLog()
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
    const { call } = await application(t, env, database, log.logger)
    t.match(log.warnings(), [
      /the keys of an issuer cannot be read from http:\/\/127.*no token can be checked/,
    ])
    const token = await issuer.token('first')
    const burst = await Promise.all(Array.from({ length: 30 }, () => tryToken(call, token)))
    for (const answer of burst) {
      t.match(answer, { status: 503, body: { code: 'HYPERFLEET-SVC-001', detail: /keys/ } })
      t.equal(answer.headers['retry-after'], '1')
    }
    const readings = log.warnings().filter((line) => line.includes('cannot be read from'))
    t.ok(readings.length <= 3, 'a warning for each reading, not for each request')
    await issuer.start()
    let answer: Answer
    do answer = await tryToken(call, token)
    while (answer.status === 503)
    t.equal(answer.status, 200)
  })

  await t.test('that are known outlive their server', async (t) => {
    type Outage = (issuer: TestIssuer) => Promise<void> | void
    const answering = (answer: TestIssuer['answer']): Outage => {
      return (issuer) => {
        issuer.answer = answer
      }
    }
    const outages: Record<string, Outage> = {
      down: (issuer) => issuer.stop(),
      rubbish: answering((response) => response.end('<html>Bad gateway</html>')),
      'no key set': answering((response) => response.end('{"keys":"none"}')),
      'no keys': answering((response) => response.end('{"keys":[]}')),
      'no usable keys': answering((response) => response.end(JSON.stringify({ keys: unusable }))),
      'status 500': answering((response) => response.writeHead(500).end('{"keys":[]}')),
      'redirects without end': answering((response) => response.writeHead(302, { location: '/' }).end()),
      'a redirect to nowhere': answering((response) => response.writeHead(302).end()),
      'a redirect to another origin': answering((response) =>
        response.writeHead(307, { location: elsewhere.url }).end(),
      ),
      'a redirect to a user': answering((response) =>
        response.writeHead(302, { location: `http://me:secret@${response.req.headers.host}/` }).end(),
      ),
      'two megabytes, compressed': answering((response) =>
        response
          .setHeader('content-encoding', 'gzip')
          .end(gzipSync(`{"keys":[]}${' '.repeat(2 * 1024 * 1024)}`)),
      ),
      'half of a compressed answer': answering((response) => {
        const all = gzipSync(JSON.stringify(elsewhere.set()))
        response.setHeader('content-encoding', 'gzip').end(all.subarray(0, all.length / 2))
      }),
      'an encoding that nobody has': answering((response) =>
        response.setHeader('content-encoding', 'x-own').end(gzipSync(JSON.stringify(elsewhere.set()))),
      ),
      'two megabytes': answering((response) => response.end(`{"keys":[]}${' '.repeat(2 * 1024 * 1024)}`)),
      'half an answer': answering((response) => {
        response.writeHead(200, { 'content-length': 1000 }).write('{"keys":[')
        setImmediate(() => response.destroy())
      }),
    }
    const elsewhere = await createIssuer(t)
    const unusable = await unusableKeys()
    const issuers = new Map<string, TestIssuer>()
    for (const name of Object.keys(outages)) issuers.set(name, await createIssuer(t))
    const configs = [...issuers.values()].map(({ url }) => ({ issuer_url: url, jwk_cert_url: url }))
    const log = keptLog()
    const { call } = await application(t, trusting(...configs), database, log.logger)
    const live = async ([name, issuer]: [string, TestIssuer]) => {
      const usual = issuer.answer
      await outages[name]?.(issuer)
      const unknown = await issuer.token('first', {}, { kid: 'unknown' })
      const answer = await tryToken(call, unknown)
      t.match(answer, { status: 503, body: { code: 'HYPERFLEET-SVC-001' } }, `${name}: an unknown key`)
      for (const email of ['me@example.com', 'you@example.com']) {
        t.equal((await tryToken(call, await issuer.token('first', { email }))).status, 200, name)
      }
      const warnings = log.warnings().filter((line) => line.includes(issuer.url))
      t.equal(warnings.length, 1, `${name}: ${warnings}`)
      t.match(warnings[0], 'those read before stay in force', name)

      if (name === 'down') await issuer.start()
      issuer.answer = usual
      let last: Answer
      do last = await tryToken(call, unknown)
      while (last.status === 503)
      refuses(t, last, 'AUT-002', 'a key that its issuer does not have', `${name}: it is back`)
    }
    await Promise.all([...issuers].map(live))
    t.equal(elsewhere.reads, 0, 'another origin is not asked')
  })

  await t.test('that are none at the start are as those of a server that is down', async (t) => {
    const issuer = await createIssuer(t)
    const usual = issuer.answer
    issuer.answer = (response) => response.end('{"keys":[]}')
    const log = keptLog()
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
    const { call } = await application(t, env, database, log.logger)
    t.match(log.warnings(), [/it has no keys.*no token can be checked/])
    const token = await issuer.token('first')
    t.match(await tryToken(call, token), { status: 503, body: { code: 'HYPERFLEET-SVC-001' } })
    issuer.answer = usual
    let answer: Answer
    do answer = await tryToken(call, token)
    while (answer.status === 503)
    t.equal(answer.status, 200)
  })

  await t.test('of which some are of no use are taken nevertheless', async (t) => {
    const issuer = await createIssuer(t)
    const own = issuer.set()
    issuer.answer = async (response) =>
      response.end(JSON.stringify({ keys: [...(await unusableKeys()), ...own.keys] }))
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
    const { call } = await application(t, env, database)
    t.equal((await tryToken(call, await issuer.token('first'))).status, 200)
  })

  await t.test('come compressed, with any content type, and by redirects of the same origin', async (t) => {
    const ways: Record<string, (keys: string, response: ServerResponse) => void> = {
      gzip: (keys, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync(keys)),
      deflate: (keys, response) => response.setHeader('content-encoding', 'deflate').end(deflateSync(keys)),
      brotli: (keys, response) => response.setHeader('content-encoding', 'br').end(brotliCompressSync(keys)),
      'another content type': (keys, response) =>
        response.setHeader('content-type', 'text/html; charset=utf-8').end(keys),
      'a byte order mark': (keys, response) => response.end(`\ufeff${keys}`),
      redirects: (keys, response) => {
        const at = Number(new URL(response.req.url ?? '', 'http://a').searchParams.get('at'))
        const locations = ['?at=1', `http://${response.req.headers.host}/elsewhere?at=2`, '/?at=3']
        const status = [301, 302, 307][at]
        if (status) response.writeHead(status, { location: locations[at] }).end()
        else response.end(keys)
      },
    }
    for (const [name, answer] of Object.entries(ways)) {
      const issuer = await createIssuer(t)
      const keys = JSON.stringify(issuer.set())
      issuer.answer = (response) => answer(keys, response)
      const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
      const { call } = await application(t, env, database)
      t.equal((await tryToken(call, await issuer.token('first'))).status, 200, name)
    }
  })

  await t.test('of a slow server hold up only those that need them', async (t) => {
    const issuer = await createIssuer(t)
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
    const { call } = await application(t, env, database)
    const usual = issuer.answer
    const asked = new Promise<() => void>((resolve) => {
      issuer.answer = (response) => resolve(() => usual(response))
    })
    await issuer.addKey('second')
    const waiting = tryToken(call, await issuer.token('second'))
    const release = await asked
    t.equal((await tryToken(call, await issuer.token('first'))).status, 200)
    release()
    t.equal((await waiting).status, 200)
  })

  await t.test('of a server that never answers are given up', async (t) => {
    const issuer = await createIssuer(t)
    issuer.answer = () => {}
    const log = keptLog()
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
    const { call } = await application(t, env, database, log.logger)
    t.equal(log.warnings().length, 1)
    t.equal((await tryToken(call, await issuer.token('first'))).status, 503)
  })

  await t.test('come over TLS from whom the authority vouches for', async (t) => {
    const issuer = await createIssuer(t, { secure: true })
    const token = await issuer.token('first')
    const settings = { issuer_url: issuer.url, jwk_cert_url: issuer.url }
    const { call } = await application(
      t,
      trusting({ ...settings, jwk_cert_ca_file: authorityFile }),
      database,
    )
    t.equal((await tryToken(call, token)).status, 200)
    const log = keptLog()
    const distrusting = await application(t, trusting(settings), database, log.logger)
    t.equal((await tryToken(distrusting.call, token)).status, 503)
    t.match(log.warnings()[0], /certificate/)
    t.equal(issuer.reads, 1)
  })

  await t.test('of a file are followed, too', async (t) => {
    const issuer = await createIssuer(t)
    const stranger = await createIssuer(t)
    const folder = await temporaryFolder(t)
    const file = `${folder}/jwks.json`
    const write = () => {
      writeFileSync(`${file}.new`, JSON.stringify(issuer.set()))
      renameSync(`${file}.new`, file)
    }
    write()
    const { call } = await application(t, trusting({ issuer_url: issuer.url, jwk_cert_file: file }), database)
    const before = await issuer.token('first')
    t.equal((await tryToken(call, before)).status, 200)
    await issuer.addKey('second')
    issuer.keys.delete('first')
    write()
    const second = await issuer.token('second')
    t.equal((await tryToken(call, second)).status, 200)
    t.equal((await tryToken(call, before)).status, 401)
    t.equal(issuer.reads, 0)

    issuer.keys.clear()
    write()
    const unknown = await stranger.token('first', { iss: issuer.url }, { kid: 'unknown' })
    t.equal((await tryToken(call, unknown)).status, 503, 'a file without keys is a reading that failed')
    t.equal((await tryToken(call, second)).status, 200)
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

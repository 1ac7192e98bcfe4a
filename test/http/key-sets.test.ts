import { generateKeyPairSync, sign } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { JWK } from 'jose'
import t from 'tap'
import { KeySet } from '../../server/auth/key-set.ts'
import { urlSource } from '../../server/auth/key-source.ts'
import { type Answer, type Application, application } from '../application.ts'
import { createDatabase } from '../databases.ts'
import {
  authorityFile,
  bearer,
  createIssuer,
  keptLog,
  refuses,
  serveKeys,
  type TestIssuer,
  trusting,
  unusableKeys,
} from '../issuers.ts'
import { temporaryFolder } from '../processes.ts'

const database = await createDatabase()

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
    const keys = new KeySet([urlSource(issuer.url)], keptLog().logger)
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
    t.equal((await onceThere(() => tryToken(call, token))).status, 200)
  })

  await t.test('of a file and a URL are in force together', async (t) => {
    const issuer = await createIssuer(t)
    await issuer.addKey('filed')
    const file = join(await temporaryFolder(t), 'keys.json')
    const { first, filed } = Object.fromEntries(issuer.set().keys.map((key) => [key.kid, key]))
    writeFileSync(file, JSON.stringify({ keys: [filed] }))
    issuer.answer = (response) => response.end(JSON.stringify({ keys: [first] }))
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url, jwk_cert_file: file })
    const [one, other] = [await issuer.token('first'), await issuer.token('filed')]
    const unnamed = { kid: undefined }
    const { call } = await application(t, env, database)
    for (const token of [
      one,
      other,
      await issuer.token('first', {}, unnamed),
      await issuer.token('filed', {}, unnamed),
    ])
      t.equal((await tryToken(call, token)).status, 200)

    await issuer.stop()
    const log = keptLog()
    const later = await application(t, env, database, log.logger)
    t.match(log.warnings(), [/cannot be read from http:\/\/127.*; those read before stay in force/])
    t.equal((await tryToken(later.call, other)).status, 200, 'without the URL, by the file')
    t.equal((await tryToken(later.call, one)).status, 503, 'it may be there')
    writeFileSync(file, 'no keys')
    await t.rejects(application(t, env, database), { message: /jwk_cert_file: .*keys\.json is of no use/ })
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
      const last = await onceThere(() => tryToken(call, unknown))
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
    t.equal((await onceThere(() => tryToken(call, token))).status, 200)
  })

  await t.test('of no use do not spoil the others, and are told once', async (t) => {
    const issuer = await createIssuer(t)
    await issuer.addKey('second', 'ES256')
    const good = issuer.set().keys
    const odd = oddMembers(await unusableKeys(), good)
    // The same id: nobody can tell from a token which of the two is meant.
    const twins = odd.filter((member) => typeof member === 'object' && member !== null)
    const sets = [
      ...odd.map((member) => [member, ...good]),
      ...twins.map((member) => [{ ...member, kid: 'first' }, ...good]),
      [...odd, ...good, ...odd],
    ]
    const configs = await Promise.all(
      sets.map(async (keys) => {
        const { url } = await serveKeys(t, () => JSON.stringify({ keys }))
        return { issuer_url: url, jwk_cert_url: url }
      }),
    )
    const log = keptLog()
    const { call } = await application(t, trusting(...configs), database, log.logger)
    for (const [index, { issuer_url: iss }] of configs.entries()) {
      const name = JSON.stringify(sets[index]?.slice(0, -2)).slice(0, 120)
      for (const kid of ['first', 'second']) {
        for (const header of [{}, { kid: undefined }]) {
          t.equal((await tryToken(call, await issuer.token(kid, { iss }, header))).status, 200, name)
        }
      }
      const unnamed = await issuer.token('first', { iss, exp: 1 }, { kid: undefined })
      refuses(t, await tryToken(call, unnamed), 'AUT-003', 'expired', name)
      const warnings = log.warnings().filter((line) => line.includes(`${iss};`))
      t.equal(warnings.length, 1, `${name}: ${warnings}`)
      t.match(warnings[0], /left out/, name)
    }
    const text = log.lines.join('')
    for (const { n, x, k } of [...good, ...(odd as JWK[])].filter(Boolean)) {
      for (const part of [n, x, k].map(String).filter(({ length }) => length > 10))
        t.notOk(text.includes(part), 'no part of a key is logged')
    }
    t.match(text, /short.{0,40}2048/)
  })

  await t.test('of no use are told again when others are, and not otherwise', async (t) => {
    const issuer = await createIssuer(t)
    const [ed25519, curve, ...rest] = await unusableKeys()
    const keys: unknown[] = [ed25519, curve]
    issuer.answer = (response) => response.end(JSON.stringify({ keys: [...keys, ...issuer.set().keys] }))
    const log = keptLog()
    const set = new KeySet([urlSource(issuer.url)], log.logger)
    const warnings = async () => {
      const before = log.warnings().length
      await set.renew()
      return log.warnings().slice(before)
    }
    t.match(await warnings(), [/curve.*ed25519.*2 keys/])
    t.strictSame(await warnings(), [])
    await issuer.addKey('second')
    keys.reverse()
    t.strictSame(await warnings(), [], 'in another order, beside another key')
    t.equal(set.version, 2)
    keys.push({ ...rest[0], kid: `${'k'.repeat(1000)}\n` })
    const [more = ''] = await warnings()
    t.match(more, /3 keys/)
    t.ok(more.length < 1000, 'an id is cut short')
    keys.push(...Array.from({ length: 100 }, (_, kid) => ({ kty: 'none', kid: `key-${kid}` })))
    const [many = ''] = await warnings()
    t.match(many, /103 keys/)
    t.ok(many.length < 3000, 'and so is the list of them')
    keys.length = 0
    t.strictSame(await warnings(), [])
    keys.push(ed25519, curve)
    t.match(await warnings(), [/2 keys/], 'they are back')
    await set.close()
  })

  await t.test('of no use are not those of a token', async (t) => {
    const issuer = await createIssuer(t)
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const short = { ...publicKey.export({ format: 'jwk' }), kid: 'short' }
    issuer.answer = (response) => response.end(JSON.stringify({ keys: [short, ...issuer.set().keys] }))
    const env = trusting({ issuer_url: issuer.url, jwk_cert_url: issuer.url })
    const { call } = await application(t, env, database)
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: issuer.url, email: 'me@example.com', exp: 4_000_000_000 }
    for (const [header, detail] of [
      [{ alg: 'RS256', kid: 'short' }, 'a key that its issuer does not have'],
      [{ alg: 'RS256' }, 'signature of the token is wrong'],
    ] as const) {
      const signed = `${part(header)}.${part(claims)}`
      const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url')
      refuses(t, await tryToken(call, `${signed}.${signature}`), 'AUT-002', detail)
    }
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

/** The first answer that is no 503. */
async function onceThere(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (answer.status !== 503) return answer
    await sleep(20)
  }
}

/** Members of a set that nobody can use, beside keys of other kinds than are taken here. */
function oddMembers(unusable: JWK[], good: JWK[]): unknown[] {
  const [rsa = {}, ec = {}] = good
  const as = (key: JWK, more: object) => ({ ...key, kid: 'odd', ...more })
  return [
    ...unusable,
    null,
    'key',
    7,
    [],
    {},
    { kty: 'RSA', kid: 'odd', x5c: ['MIIB'], x5t: 'none' },
    as(rsa, { kid: 7, n: 'AQAB' }),
    as(rsa, { key_ops: [] }),
    as(rsa, { key_ops: 'verify' }),
    as(rsa, { key_ops: ['verify', 'verify'] }),
    as(rsa, { key_ops: ['sign', 'verify'] }),
    as(rsa, { ext: 'yes' }),
    as(rsa, { n: 7 }),
    as(rsa, { kty: ['RSA'] }),
    as(rsa, { alg: 'none' }),
    as(rsa, { d: 'AQAB' }),
    as(ec, { crv: 'secp256k1' }),
    as(ec, { x: 'AAAA' }),
    as(ec, { d: 'AQAB' }),
    { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256', kid: 'odd' },
  ]
}

/** Each command of `hyperfleet` against a server in a process of its own. */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../processes.ts'
import { commandLine, kindsOfTests, startServer } from './command-line.ts'

t.test('commands', async (t) => {
  const adapters = {
    HYPERFLEET_CLUSTER_ADAPTERS: '["validation"]',
    HYPERFLEET_NODEPOOL_ADAPTERS: '["validation"]',
  }
  const server = await startServer(t, { ...adapters, ...kindsOfTests })
  const { run, env } = await commandLine(t, server.api)
  const folder = await temporaryFolder(t)
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  /** Runs a command that succeeds, for what it prints. */
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(args)
    t.equal(code, 0, `${args.join(' ')}\n${stdout}${stderr}`)
    return stdout
  }
  const refused = async (code: number, message: RegExp, ...args: string[]) => {
    const ended = await run(args)
    t.equal(ended.code, code, `${args.join(' ')}\n${ended.stdout}${ended.stderr}`)
    t.match(ended.stderr, message)
    t.notMatch(ended.stderr, /\n {4}at /, 'no stack')
  }
  const json = async (...args: string[]) => JSON.parse(await ok(...args, '-o', 'json'))

  await t.test('create, by flags and by a file, below a parent', async (t) => {
    t.equal(
      await ok(
        'create',
        'cluster',
        'prod-1',
        '-l',
        'env=prod',
        '--spec',
        '{"region": "us", "id": 12345678901234567890}',
      ),
      'cluster/prod-1 created\n',
    )
    t.equal(
      await ok('create', 'np', 'workers', '-p', 'cluster/prod-1', '--spec', 'replicas: 3'),
      'nodepool/workers created\n',
    )
    await ok('create', 'cluster', 'prod-2')
    await ok(
      'create',
      '-f',
      file(
        'np.json',
        '{"kind":"NodePool","name":"workers","spec":{},"owner_references":{"kind":"Cluster","name":"prod-2"}}',
      ),
    )
    await refused(2, /below a Cluster: give --parent/, 'create', 'nodepool', 'lost')
    await refused(5, /HYPERFLEET-CNF-001/, 'create', 'cluster', 'prod-1')
    await refused(1, /HYPERFLEET-VAL-000 .*\n {2}name: /, 'create', 'cluster', 'Not A Name')
    await ok('create', 'cluster', 'never', '--dry-run')
    await refused(3, /there is no Cluster never/, 'get', 'cluster', 'never')
  })

  await t.test('get, by name and id, in each format', async (t) => {
    const { id } = await json('get', 'cluster', 'prod-1')
    t.equal((await json('get', `cluster/${id}`)).name, 'prod-1')
    t.match(
      await ok('get', 'cluster', 'prod-1'),
      /^NAME +GENERATION +RECONCILED +AVAILABLE +AGE\nprod-1 +1 +False +False +\d+[smh]\n$/,
    )
    t.match(await ok('get', 'cluster', 'prod-1', '-o', 'wide'), new RegExp(`${id} +env=prod`))
    t.match(
      await ok('get', 'cluster', 'prod-1', '-o', 'yaml'),
      /^ {2}id: 12345678901234567890$/m,
      'a number stays exact',
    )
    t.match(await ok('get', 'cluster', 'prod-1', '-o', 'json'), /"id": 12345678901234567890\b/)
    t.equal(await ok('get', 'cluster', 'prod-1', '-o', 'name'), 'cluster/prod-1\n')
    t.equal(
      await ok(
        'get',
        'cluster',
        'prod-1',
        '-o',
        'jsonpath={.name} is {.status.conditions[?(@.type=="Ready")].status}{"\\n"}',
      ),
      'prod-1 is False\n\n',
    )
    t.equal(await ok('get', 'cluster', 'prod-1', '-o', 'jsonpath=$.labels.env'), 'prod\n')
    await refused(2, /-o xml is none of/, 'get', 'cluster', 'prod-1', '-o', 'xml')
    await refused(2, /is no JSONPath/, 'get', 'cluster', 'prod-1', '-o', 'jsonpath={.name[}')
    t.match(await ok('get', 'cluster/prod-1', 'cluster/prod-2'), /prod-1[\s\S]*prod-2/)
    t.equal((await json('get', 'clusters')).total, 2)
  })

  await t.test('a name that is not of one resource', async () => {
    await refused(
      2,
      /2 nodepools have the name workers[\s\S]*\n {2}[\da-f-]{36} \(Cluster [\da-f-]{36}\)/,
      'get',
      'np',
      'workers',
    )
    t.equal((await json('get', 'np', 'workers', '-p', 'cluster/prod-2')).spec.replicas, undefined)
  })

  await t.test('list, narrowed down', async (t) => {
    t.equal(await ok('list', 'clusters', '-l', 'env=prod', '-o', 'name'), 'cluster/prod-1\n')
    t.equal(
      await ok('list', 'clusters', '-l', 'env', '-s', "name like 'prod%'", '-o', 'name'),
      'cluster/prod-1\n',
    )
    t.equal(
      await ok('list', 'clusters', '--order', 'name desc', '-o', 'name'),
      'cluster/prod-2\ncluster/prod-1\n',
    )
    const limited = await run(['list', 'clusters', '--limit', '1'])
    t.match(limited, { code: 0, stderr: '1 of 2: --limit allows no more\n' })
    t.match(await ok('list', 'nodepools', '-p', 'cluster/prod-1'), /^workers/m)
    await refused(1, /HYPERFLEET-VAL-005/, 'list', 'clusters', '-s', 'name =')
  })

  await t.test('kinds of the configuration, by any of their names', async (t) => {
    await ok('create', 'Channel', 'stable')
    await ok('create', 'version', 'v1', '-p', 'channel/stable')
    for (const name of ['wifconfig', 'WifConfigs', 'wc', 'wif'])
      t.equal((await json('list', name)).kind, 'WifConfigList')
    await refused(2, /may be one of the kinds clusters, channels/, 'list', 'c')
    await refused(2, /has no kind toaster; it has clusters, nodepools, /, 'list', 'toaster')
    await refused(2, /not below a Channel/, 'list', 'np', '-p', 'channel/stable')
  })

  await t.test('apply', async (t) => {
    const manifests = file(
      'fleet.yaml',
      'kind: Cluster\nname: prod-3\nlabels: {env: test}\nspec: {region: eu, size: 98765432109876543210}\n---\nkind: Channel\nname: fast\n---\nkind: Version\nname: v2\nowner_references: {kind: Channel, name: fast}\n',
    )
    t.equal(
      await ok('apply', '-f', manifests, '--dry-run'),
      'cluster/prod-3 created (dry run)\nchannel/fast created (dry run)\nversion/v2 created (dry run, unchecked: its parent is not there yet)\n',
    )
    t.equal(
      await ok('apply', '-f', manifests),
      'cluster/prod-3 created\nchannel/fast created\nversion/v2 created\n',
    )
    t.equal(
      await ok('apply', '-f', manifests),
      'cluster/prod-3 unchanged\nchannel/fast unchanged\nversion/v2 unchanged\n',
    )
    const changed = 'kind: Cluster\nname: prod-3\nspec: {zone: a}\n'
    t.match(await run(['apply', '-f', '-'], { input: changed }), {
      code: 0,
      stdout: 'cluster/prod-3 configured\n',
    })
    t.match(
      await ok('get', 'cluster', 'prod-3', '-o', 'json'),
      /"size": 98765432109876543210,?\s+"zone": "a"|"zone": "a",\s+"size": 98765432109876543210/,
    )
    t.match(await run(['apply', '-f', '-', '--replace'], { input: changed }), {
      code: 0,
      stdout: 'cluster/prod-3 configured\n',
    })
    const { spec, labels } = await json('get', 'cluster', 'prod-3')
    t.same([spec, labels], [{ zone: 'a' }, {}])
    await refused(
      2,
      /must be an object with kind and name/,
      'apply',
      '-f',
      file('bad.yaml', 'kind: Cluster\n'),
    )
    await refused(2, /bad2.yaml: /, 'apply', '-f', file('bad2.yaml', 'kind: [\n'))
    await refused(2, /nowhere.yaml cannot be read: ENOENT/, 'apply', '-f', 'nowhere.yaml')
  })

  await t.test('patch', async (t) => {
    t.equal(
      await ok('patch', 'cluster', 'prod-1', '--patch', 'spec: {region: eu}'),
      'cluster/prod-1 patched\n',
    )
    t.match(await ok('get', 'cluster', 'prod-1', '-o', 'json'), /"id": 12345678901234567890\b/)
    const members = ['--spec', 'zone: eu-b', '--label', 'tier=gold']
    const shown = await ok('patch', 'cluster', 'prod-1', ...members, '--dry-run', '-o', 'json')
    t.match(JSON.parse(shown), { spec: { region: 'eu', zone: 'eu-b' }, labels: { tier: 'gold' } })
    await refused(2, /patch takes --patch PATCH/, 'patch', 'cluster', 'prod-1')
    await refused(2, /cannot be used with/, 'patch', 'cluster', 'prod-1', '--patch', 'spec: {}', ...members)
    await refused(
      5,
      /HYPERFLEET-CNF-002/,
      'patch',
      'cluster',
      'prod-1',
      '--patch',
      'spec: {}',
      '--if-match',
      '"1"',
    )
    await ok(
      'patch',
      'cluster',
      'prod-2',
      '--replace',
      '--patch-file',
      file('patch.json', '{"labels": {"a": "b"}}'),
    )
    t.same((await json('get', 'cluster', 'prod-2')).labels, { a: 'b' })
    await refused(2, /patch takes/, 'patch', 'cluster', 'prod-1')
  })

  await t.test('edit, with errors and a change in between', async (t) => {
    const edit = (editor: string) => run(['edit', 'cluster', 'prod-2'], { env: { EDITOR: editor } })
    t.match(await edit("sed -i 's/^  a: b/  a: c/'"), { code: 0, stdout: 'cluster/prod-2 edited\n' })
    t.same((await json('get', 'cluster', 'prod-2')).labels, { a: 'c' })
    t.match(await edit('true'), { code: 0, stdout: 'cluster/prod-2 unchanged\n' })
    // The first text is refused; the second time the editor finds the reason, and corrects it.
    const twice = file(
      'twice.sh',
      `if grep -q '^# error: HYPERFLEET-VAL-000' "$1"; then sed -i 's/a: .*/a: d/' "$1"; else sed -i 's/a: c/a: "?"/' "$1"; fi`,
    )
    t.match(await edit(`sh ${twice}`), { code: 0, stdout: 'cluster/prod-2 edited\n' })
    t.same((await json('get', 'cluster', 'prod-2')).labels, { a: 'd' })
    const given = await edit(`sh -c 'grep -q error: "$1" || sed -i "s/a: d/a: \\"?\\"/" "$1"' sh`)
    t.match(given, { code: 1, stderr: /HYPERFLEET-VAL-000[\s\S]*The edited text is kept in/ })
    const [, kept = ''] = /is kept in (\S+)/.exec(given.stderr) ?? []
    t.match(readFileSync(kept, 'utf8'), /a: "\?"/)
    t.equal(statSync(kept).mode & 0o777, 0o600)
    const other = `sh -c '${process.execPath} ${join(process.cwd(), 'cli/hyperfleet.js')} patch cluster prod-2 --patch "labels: {x: y}" >&2; sed -i "s/a: d/a: e/" "$1"' sh`
    t.match(await edit(other), { code: 5, stderr: /HYPERFLEET-CNF-002/ })
    t.same((await json('get', 'cluster', 'prod-2')).labels, { a: 'd', x: 'y' })
  })

  await t.test('report, explain, wait', async (t) => {
    t.match(
      await ok('explain', 'cluster', 'prod-1'),
      /is not reconciled[\s\S]*Adapter validation has not reported/,
    )
    t.equal((await json('explain', 'cluster', 'prod-1')).generation, 2)
    await refused(
      6,
      /not Reconciled=True in time/,
      'wait',
      'cluster',
      'prod-1',
      '--for',
      'condition=Reconciled',
      '--timeout',
      '1s',
    )
    await refused(
      5,
      /discarded: future-generation/,
      'report',
      'cluster',
      'prod-1',
      '--adapter',
      'validation',
      '--available',
      'True',
      '--generation',
      '9',
    )
    t.equal(
      await ok(
        'report',
        'cluster',
        'prod-1',
        '--adapter',
        'validation',
        '--available',
        'true',
        '--condition',
        'Quota=False:Low:One left',
      ),
      'cluster/prod-1 reported by validation\n',
    )
    t.equal(
      await ok('wait', 'cluster', 'prod-1', '--for', 'condition=Reconciled'),
      'cluster/prod-1 Reconciled=True\n',
    )
    t.match(await ok('get', 'cluster', 'prod-1'), /prod-1 +2 +True +True/)
    await refused(2, /--for is condition=TYPE/, 'wait', 'cluster', 'prod-1', '--for', 'Ready')
    await refused(
      2,
      /the status of Available is/,
      'report',
      'cluster',
      'prod-1',
      '--adapter',
      'dns',
      '--available',
      'yes',
    )
  })

  await t.test('history and diff', async (t) => {
    t.match(
      await ok('history', 'cluster', 'prod-1'),
      /^TIME[\s\S]*reported +2 +validation [\s\S]*changed +2 [\s\S]*created +1 /,
    )
    t.match(await ok('history', 'cluster', 'prod-1', '--generations'), /^GENERATION.*\n2 .*\n1 /)
    t.match(
      await ok('diff', 'cluster', 'prod-1'),
      /^--- generation 1\n\+\+\+ generation 2\n@@[\s\S]*\n-\s+region: us\n\+\s+region: eu$/m,
    )
    t.equal(await ok('diff', 'cluster', 'prod-1', '--from', '2', '--to', '2'), '')
    t.equal((await run(['diff', 'cluster', 'prod-1', '--exit-code'])).code, 1)
    await refused(3, /HYPERFLEET-NTF-001/, 'diff', 'cluster', 'prod-1', '--from', '7')
  })

  await t.test('tree and search', async (t) => {
    await ok('create', 'site', 'berlin')
    await ok('create', 'hall', 'berlin-hall', '-p', 'site/berlin')
    await ok('create', 'rack', 'r1', '-p', 'hall/berlin-hall')
    t.match(await ok('tree', 'site', 'berlin'), /\nsite\/berlin .*\n {2}hall\/berlin-hall .*\n {4}rack\/r1 /)
    t.match(await ok('search', "name in ('r1', 'prod-1')"), /^KIND .*\n(Rack|Cluster) [\s\S]*(Rack|Cluster) /)
    t.equal((await json('search', "kind = 'Rack'")).total, 1)
  })

  await t.test('can-i', async (t) => {
    for (const question of [
      'list clusters',
      'get cluster prod-1',
      'create cluster',
      'update cluster prod-1',
      'delete cluster prod-1',
      'force-delete cluster prod-1',
      'report cluster prod-1 --adapter dns',
    ])
      t.equal(await ok('can-i', ...question.split(' ')), 'yes\n', question)
    t.equal((await json('get', 'cluster', 'prod-1')).deleted_time, undefined)
    await refused(2, /eat is none of/, 'can-i', 'eat', 'clusters')
  })

  await t.test('delete and force-delete', async (t) => {
    await ok('create', 'cluster', 'old')
    await refused(5, /HYPERFLEET-CNF-003/, 'force-delete', 'cluster', 'old', '--reason', 'a test')
    t.equal(await ok('delete', 'cluster', 'old', '--dry-run'), 'cluster/old marked for deletion (dry run)\n')
    t.equal(await ok('delete', 'cluster', 'old'), 'cluster/old marked for deletion\n')
    t.match(await ok('get', 'cluster', 'old'), /DELETED[\s\S]*\d+s\n$/)
    const { id } = await json('get', 'cluster', 'old')
    t.equal(await ok('force-delete', 'cluster', 'old', '--reason', 'a test'), 'cluster/old removed\n')
    t.equal(await ok('wait', 'cluster', 'old', '--for', 'delete'), '')
    t.match(await ok('history', 'cluster', id, '-o', 'wide'), /removed .*a test/)
  })

  await t.test('batch, on a server that has none', async (t) => {
    const list = file(
      'batch.yaml',
      '- {method: POST, path: /clusters, body: {kind: Cluster, name: b-1, spec: {}}}\n- {method: POST, path: /clusters, body: {kind: Cluster, name: b-1, spec: {}}}\n',
    )
    const hasBatch = /"\/api\/hyperfleet\/v1\/batch"/.test(
      await fetch(`${server.api}/openapi`).then((answer) => answer.text()),
    )
    const ended = await run(['batch', '-f', list])
    t.match(ended, { code: 1, stdout: /\n0 +201 +POST .*\n1 +409 +POST .*HYPERFLEET-CNF-001/ })
    const atomic = await run(['batch', '-f', list, '--atomic'])
    if (hasBatch) t.match(atomic, { code: 5, stderr: /HYPERFLEET-CNF-001/ })
    else t.match(atomic, { code: 1, stderr: /this server has no batches/ })
  })

  await t.test('import of an export, with new ids for parents', async (t) => {
    const parts = await Promise.all([
      ok('list', 'sites', '-o', 'yaml'),
      ok('list', 'racks', '-o', 'json'),
      ok('list', 'halls', '-o', 'yaml'),
    ])
    const files = parts.flatMap((text, at) => ['-f', file(`export-${at}.yaml`, text)])
    const other = await startServer(t, kindsOfTests)
    const there = { env: { HYPERFLEET_SERVER: other.api } }
    t.match(await run(['import', ...files], there), { code: 0, stdout: '3 created, 0 already there\n' })
    t.match(await run(['tree', 'site', 'berlin'], there), {
      stdout: /site\/berlin .*\n {2}hall\/berlin-hall .*\n {4}rack\/r1 /,
    })
    t.match(await run(['import', ...files], there), { code: 0, stdout: '0 created, 3 already there\n' })
  })

  await t.test('--curl prints a command that does the same, without the token', async (t) => {
    const token = { env: { HYPERFLEET_TOKEN: 'secret' } }
    const printed = await run(
      ['patch', 'cluster', 'prod-1', '--patch', `labels: {owner: "it-s"}`, '--curl'],
      token,
    )
    t.match(printed, { code: 0, stdout: /^curl -sS -X PATCH 'http.*Bearer \$HYPERFLEET_TOKEN"/ })
    t.notMatch(printed.stdout, /secret/)
    t.equal((await json('get', 'cluster', 'prod-1')).labels.owner, undefined, 'nothing was sent')
    execFileSync('bash', ['-c', printed.stdout], { env: { ...env, HYPERFLEET_TOKEN: 'secret' } })
    t.equal((await json('get', 'cluster', 'prod-1')).labels.owner, 'it-s')
    const many = await run([
      'create',
      '-f',
      file('two.yaml', 'kind: Cluster\nname: c-1\n---\nkind: Cluster\nname: c-2\n'),
      '--curl',
    ])
    t.match(many.stdout, /c-1[\s\S]*c-2/)
    await refused(3, /there is no Cluster c-1/, 'get', 'cluster', 'c-1')
  })

  await t.test('a pipe that is closed early is no error', async (t) => {
    const command = `set -o pipefail; '${process.execPath}' '${join(process.cwd(), 'cli/hyperfleet.js')}' search "name like '%'" -o json | head -c 1`
    t.equal(execFileSync('bash', ['-c', command], { env, encoding: 'utf8' }), '{')
  })
})

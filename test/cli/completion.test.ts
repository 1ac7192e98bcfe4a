/** Completion in real shells, which ask a real server for kinds and names. */
import { spawnSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../processes.ts'
import { commandLine, kindsOfTests, program, startServer } from './command-line.ts'

const lack = (shell: string) =>
  spawnSync(shell, ['-c', 'exit']).status === 0 ? undefined : `${shell} is missing`

/** What each shell completes a line to: the candidates, one a line. */
const shells: Record<string, (line: string) => string> = {
  // What readline does: the function of the command is called with the line.
  bash: (line) => `
    source <(hyperfleet completion bash)
    compopt() { :; }
    COMP_LINE=${JSON.stringify(line)} COMP_POINT=${line.length}
    complete -p hyperfleet | grep -q _hyperfleet && _hyperfleet
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  // A terminal of zsh in which the line is typed once its editor reads, and the candidates are asked for by a key.
  zsh: (line) => `
    zmodload zsh/zpty
    zpty shell 'PS1="> " zsh -f -i'
    zpty -w shell 'autoload -Uz compinit && compinit -u -D; LISTMAX=0; source <(hyperfleet completion zsh); bindkey "^T" list-choices; zle-line-init() { print READY"-"NOW }; zle -N zle-line-init'
    zpty -r shell text '*READY-NOW*'
    zpty -w -n shell ${JSON.stringify(line)}$'\\x14\\x15print END"-"OF-LIST\\n'
    zpty -r shell text '*END-OF-LIST*'
    print -r -- "$text"`,
  fish: (line) => `
    hyperfleet completion fish | source
    complete -C${JSON.stringify(line)}`,
}

t.test('completion', async (t) => {
  const server = await startServer(t, kindsOfTests)
  const { run, env } = await commandLine(t, server.api)
  for (const name of ['prod-1', 'prod-2', 'stage']) t.equal((await run(['create', 'cluster', name])).code, 0)
  t.equal((await run(['create', 'channel', 'stable'])).code, 0)
  t.equal((await run(['config', 'set-context', 'there', '--server', server.api])).code, 0)
  const bin = await temporaryFolder(t)
  symlinkSync(program, join(bin, 'hyperfleet'))

  for (const [shell, script] of Object.entries(shells))
    t.test(shell, { skip: lack(shell) ?? false }, async (t) => {
      const complete = (line: string) => {
        const file = join(bin, `${shell}.script`)
        writeFileSync(file, script(line))
        const { stdout, stderr } = spawnSync(shell, [file], {
          env: { ...env, TERM: 'dumb', PATH: `${bin}:${env.PATH}` },
          encoding: 'utf8',
          timeout: 120_000,
        })
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal is told beside the words.
        const words = stdout.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '').split(/[\s]+/)
        return { words, all: `${stdout}${stderr}` }
      }
      const cases: [string, string[], string[]][] = [
        ['hyperfleet ge', ['get'], ['list', '__complete']],
        ['hyperfleet get ', ['clusters', 'channels', 'wifconfig'], ['get', 'list']],
        ['hyperfleet get cluster prod', ['prod-1', 'prod-2'], ['stage']],
        ['hyperfleet wait cluster/prod', ['cluster/prod-1', 'cluster/prod-2'], ['cluster/stage']],
        ['hyperfleet --context ', ['there'], ['clusters']],
        ['hyperfleet get clusters --output js', ['json'], ['yaml']],
        ['hyperfleet list clusters --lab', ['--label'], ['--limit']],
        ['hyperfleet can-i update channel ', ['stable'], ['prod-1']],
        ['hyperfleet config use-context ', ['there'], ['clusters']],
        ['hyperfleet completion ', ['bash', 'zsh', 'fish'], ['clusters']],
      ]
      for (const [line, expected, others] of cases) {
        const { words, all } = complete(line)
        const typed = line.split(' ')
        for (const word of expected) t.ok(words.includes(word), `${line} → ${word}\n${all}`)
        for (const word of others.filter((each) => !typed.includes(each)))
          t.notOk(words.includes(word), `${line}, not ${word}\n${all}`)
      }
    })

  t.test('a flag with its value behind =', async (t) => {
    const found = await run(['__complete', '--', 'wait', 'cluster', 'prod-1', '--for=condition=Rec'])
    t.equal(found.stdout, '--for=condition=Reconciled\n')
  })

  t.test('a server that is away suggests nothing, and no error', async (t) => {
    const found = await run(['__complete', '--', 'get', ''], {
      env: { HYPERFLEET_SERVER: 'http://127.0.0.1:9' },
    })
    t.match(found, { code: 0, stdout: '', stderr: '' })
  })
})

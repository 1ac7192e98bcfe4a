import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PLAIN, plainly, root } from '../processes.ts'

interface Instruction {
  name: string
  words: string
}

/** What an engine would know of the image once it was built. */
export interface Image {
  /** The folder that its / is. */
  folder: string
  base: string
  env: Record<string, string>
  user: string
  workdir: string
  entrypoint: string[]
  cmd: string[]
}

/**
 * The instructions of the Containerfile, comments left out and continued lines joined, with the values of its ARGs in their
 * places; `args` are build arguments.
 */
export function instructions(args: Record<string, string> = {}): Instruction[] {
  const values: Record<string, string> = {}
  const text = readFileSync(join(root, 'Containerfile'), 'utf8')
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
  return lines.filter(Boolean).flatMap((line) => {
    const [, name = '', words = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
    if (name !== 'ARG')
      return [{ name, words: words.replaceAll(/\$\{(\w+)\}/g, (_, key) => values[key] ?? '') }]
    const [, key = '', usual] = /^(\w+)(?:=(.*))?$/.exec(words) ?? []
    values[key] = args[key] ?? usual ?? values[key] ?? ''
    return []
  })
}

/**
 * Carries out the Containerfile in folders instead of containers: every FROM begins one, whose paths stand for the absolute
 * ones of the instructions. The npm is that of this machine: it compiles nothing. Throws on an instruction that is not known here.
 */
export function build(into: string): Image {
  const stages = new Map<string, string>()
  let image: Image | undefined
  for (const { name, words } of instructions()) {
    if (name === 'FROM') {
      const [base = '', , alias = 'final'] = words.split(/\s+/)
      const folder = join(into, alias)
      mkdirSync(join(folder, 'tmp'), { recursive: true })
      stages.set(alias, folder)
      image = { folder, base, env: {}, user: 'root', workdir: '/', entrypoint: [], cmd: [] }
      continue
    }
    if (!image) throw new Error(`${name} before FROM`)
    const { folder } = image
    if (name === 'WORKDIR') {
      image.workdir = words
      mkdirSync(join(folder, words), { recursive: true })
    } else if (name === 'COPY') copy(words.split(/\s+/), image, stages)
    else if (name === 'RUN') {
      const moved = words.replaceAll(/(?<![\w.*-])\/(?=(src|app|tmp)\b)/g, `${folder}/`)
      const ran = spawnSync(PLAIN, [...plainly, 'sh', '-ec', moved], {
        cwd: join(folder, image.workdir),
        env: { PATH: process.env.PATH, HOME: process.env.HOME },
        encoding: 'utf8',
      })
      if (ran.status !== 0) throw new Error(`${words}\n${ran.stdout}${ran.stderr}`)
    } else if (name === 'ENV') {
      for (const [, key = '', value = ''] of words.matchAll(/(\w+)=(\S+)/g)) image.env[key] = value
    } else if (name === 'USER') image.user = words
    else if (name === 'ENTRYPOINT') image.entrypoint = JSON.parse(words)
    else if (name === 'CMD') image.cmd = JSON.parse(words)
    else if (!['LABEL', 'EXPOSE', 'STOPSIGNAL'].includes(name)) throw new Error(`${name} is not known here`)
  }
  if (!image) throw new Error('no FROM')
  return image
}

function copy(words: string[], { folder, workdir }: Image, stages: Map<string, string>) {
  const [from = '', to = ''] = words.slice(-2)
  const stage = /^--from=(.*)$/.exec(words[0] ?? '')?.[1]
  if (stage) return cpSync(join(stages.get(stage) ?? '', from), join(folder, to), { recursive: true })
  // What a clean checkout holds, without what .dockerignore names.
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  for (const file of files.toString().split('\0').filter(Boolean)) {
    if (!ignored.includes(file.split('/')[0] ?? '')) cpSync(join(root, file), join(folder, workdir, file))
  }
}

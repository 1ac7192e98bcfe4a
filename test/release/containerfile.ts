import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Arg,
  Cmd,
  Copy,
  DockerfileParser,
  Entrypoint,
  Env,
  From,
  type Instruction,
  type JSONInstruction,
  Workdir,
} from 'dockerfile-ast'
import { root } from '../processes.ts'

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

/** The instructions of the Containerfile. `args` are build arguments: values in place of those that its ARGs name. */
export function instructions(args: Record<string, string> = {}): Instruction[] {
  const text = readFileSync(join(root, 'Containerfile'), 'utf8')
  const given = text.replace(/^ARG (\w+)=.*$/gm, (line, key) =>
    key in args ? `ARG ${key}=${args[key]}` : line,
  )
  return DockerfileParser.parse(given).getInstructions()
}

/** The words of an instruction, without its flags, and with the values of those ARGs that an engine knows there. */
export const wordsOf = (instruction?: Instruction) =>
  instruction?.getExpandedArguments().map((word) => word.getValue()) ?? []

/**
 * Carries out the Containerfile in folders instead of containers: every FROM begins one, whose paths stand for the absolute
 * ones of the instructions. The npm is that of this machine: it compiles nothing. Throws on an instruction that is not known here.
 */
export function build(into: string): Image {
  const stages = new Map<string, string>()
  let image: Image | undefined
  for (const instruction of instructions()) {
    const words = wordsOf(instruction)
    const [first = ''] = words
    if (instruction instanceof Arg) continue
    if (instruction instanceof From) {
      const alias = instruction.getBuildStage() ?? 'final'
      const folder = join(into, alias)
      mkdirSync(join(folder, 'tmp'), { recursive: true })
      stages.set(alias, folder)
      image = { folder, base: first, env: {}, user: 'root', workdir: '/', entrypoint: [], cmd: [] }
      continue
    }
    const name = instruction.getKeyword()
    if (!image) throw new Error(`${name} before FROM`)
    const { folder } = image
    if (instruction instanceof Workdir) {
      image.workdir = first
      mkdirSync(join(folder, first), { recursive: true })
    } else if (instruction instanceof Copy) copy(instruction, image, stages)
    else if (name === 'RUN') {
      const script = instruction.getArgumentsContent() ?? ''
      const moved = script.replaceAll(/(?<![\w.*-])\/(?=(src|app|tmp)\b)/g, `${folder}/`)
      const ran = spawnSync('sh', ['-ec', moved], {
        cwd: join(folder, image.workdir),
        env: { PATH: process.env.PATH, HOME: process.env.HOME },
        encoding: 'utf8',
      })
      if (ran.status !== 0) throw new Error(`${script}\n${ran.stdout}${ran.stderr}`)
    } else if (instruction instanceof Env) {
      for (const each of instruction.getProperties()) image.env[each.getName()] = each.getValue() ?? ''
    } else if (name === 'USER') image.user = first
    else if (instruction instanceof Entrypoint) image.entrypoint = stringsOf(instruction)
    else if (instruction instanceof Cmd) image.cmd = stringsOf(instruction)
    else if (!['LABEL', 'EXPOSE', 'STOPSIGNAL'].includes(name)) throw new Error(`${name} is not known here`)
  }
  if (!image) throw new Error('no FROM')
  return image
}

const stringsOf = (instruction: JSONInstruction) =>
  instruction.getJSONStrings().map((word) => word.getJSONValue())

function copy(instruction: Copy, { folder, workdir }: Image, stages: Map<string, string>) {
  const [from = '', to = ''] = wordsOf(instruction)
  const stage = instruction.getFromFlag()?.getValue()
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

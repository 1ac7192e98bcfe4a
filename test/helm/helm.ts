/** The chart as helm renders it; and what to say where there is no helm. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { parseAllDocuments } from 'yaml'
import { root, temporaryFolder } from '../processes.ts'

/** Where a program is: on the PATH, or where `go install` puts it. */
export const find = (program: string) =>
  [...(process.env.PATH ?? '').split(':'), join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin')]
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file))

const helm = find('helm')

/** For tests that need helm: whether to skip them, with the reason. */
export const skip = helm ? false : 'there is no helm on the PATH: the chart is not tested'

/** The oldest Kubernetes that the chart is made for. */
export const KUBERNETES = '1.30.0'

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes are of many shapes, which schemas.ts checks.
export type Manifest = any

/** The lines that helm prints; throws with what it says when it refuses. */
export function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(helm ?? 'helm', args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr + stdout)
  return stdout
}

/** The objects of a release, as text. */
export const render = (...args: string[]) => run(...templating('helm'), ...args)

export const templating = (chart: string) => [
  'template',
  'hyperfleet-api',
  chart,
  '--namespace=fleet',
  `--kube-version=${KUBERNETES}`,
]

/** The objects of a release of which one more template makes some. */
export async function renderBeside(t: Test, template: string, ...args: string[]): Promise<Manifest[]> {
  const folder = await temporaryFolder(t)
  cpSync(join(root, 'helm'), folder, { recursive: true })
  writeFileSync(join(folder, 'templates/beside.yaml'), template)
  return parse(run(...templating(folder), ...args))
}

/** NOTES.txt of a release. Only an installation shows it: so it is made a text of an object. */
export async function notesOf(t: Test, ...args: string[]): Promise<string> {
  const notes = `{{ define "notes" }}${readFileSync(join(root, 'helm/templates/NOTES.txt'), 'utf8')}{{ end }}`
  const template = `${notes}\nkind: Notes\ntext: {{ include "notes" . | toJson }}\n`
  return only(await renderBeside(t, template, ...args), 'Notes').text
}

export const parse = (text: string): Manifest[] =>
  parseAllDocuments(text).flatMap((document) => (document.toJS() ? [document.toJS()] : []))

/** The one object of a kind. */
export function only(manifests: Manifest[], kind: string, name?: string): Manifest {
  const [found, ...others] = manifests.filter(
    (each) => each.kind === kind && (!name || each.metadata.name === name),
  )
  if (!found || others.length) throw new Error(`${others.length + (found ? 1 : 0)} of ${kind} ${name ?? ''}`)
  return found
}

/** What some sets of values are rendered with besides. */
const besides: Record<string, string[]> = {
  openshift: ['--api-versions=security.openshift.io/v1'],
  'provider-schema': ['--set-file=provider.schema=test/data/provider-3.0.yaml'],
  try: ['--values=helm/values-try.yaml'],
}

/** The sets of values that are tried: the files of test/helm/values, without their endings. */
export const sets = readdirSync(new URL('values/', import.meta.url)).map((file) => file.replace('.yaml', ''))

/** What helm is given for one of the sets. */
export const valuesOf = (name: string) => [...(besides[name] ?? []), `--values=test/helm/values/${name}.yaml`]

/** The objects of a release with one of the sets. */
export const renderSet = (name: string, ...args: string[]) => render(...valuesOf(name), ...args)

/** The Secret of a database, as files. */
export function writeSecret(folder: string, url: string) {
  const { hostname, port, pathname, username, password } = new URL(url)
  mkdirSync(folder)
  const files = { host: hostname, port, name: pathname.slice(1), user: username, password }
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, `db.${name}`), decodeURIComponent(text))
}

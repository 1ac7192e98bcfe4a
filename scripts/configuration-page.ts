/** docs/configuration.md, from the schema of the settings and the table of other names. */
import { stringify } from 'yaml'
import { typeName } from '../server/config/explain.ts'
import { places } from '../server/config/file.ts'
import { aliases, ignored } from '../server/config/other-names.ts'
import {
  adaptersName,
  flagsOf,
  known,
  olderFlags,
  root,
  type Setting,
  type SettingSchema,
  settings,
  variablesOf,
} from '../server/config/settings.ts'

const code = (text: string) => `\`${text}\``
const cells = (...texts: string[]) => `| ${texts.join(' | ')} |`
const codes = (texts: string[]) => texts.map(code).join(', ')

/** The type of a value, or its choices. */
const type = (schema: SettingSchema) => (schema.enum ? codes(schema.enum.map(String)) : typeName(schema))

const defaultOf = ({ default: value }: SettingSchema) =>
  value === undefined ? '' : code(String(value) || '[]')

function settingRow(setting: Setting): string {
  const { key, schema } = setting
  return cells(
    code(key),
    type(schema),
    defaultOf(schema),
    codes(variablesOf(setting)),
    codes(flagsOf(setting)),
    schema.description,
  )
}

const aliasRows = aliases.flatMap(({ setting, member }) =>
  member ? [cells(code(member), code(setting))] : [],
)

/** A name that is ignored, in the file, the environment and as a flag. */
function ignoredRow({ member, only, why }: (typeof ignored)[number]): string {
  const setting = settings(known).find(({ key }) => key === member)
  const value = only === undefined ? '' : ` With any other value than ${code(String(only))}, the start fails.`
  return cells(
    code(member),
    setting ? codes(variablesOf(setting)) : '',
    setting ? codes(flagsOf(setting)) : '',
    why + value,
  )
}

/** The members of the items of a list, where these are mappings. */
function memberTable({ key, schema }: Setting): string[] {
  if (!schema.items?.properties) return []
  const { properties, required = [] } = schema.items
  const rows = Object.entries(properties).map(([name, member]) =>
    cells(
      code(`${key}[].${name}`),
      type(member),
      required.includes(name) ? 'required' : defaultOf(member),
      member.description,
    ),
  )
  return [
    `### Of each of ${code(key)}\n`,
    '| member | type | default | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ]
}

const secretRows = settings().flatMap(({ key, schema }) => {
  const file = schema['x-secret-file'] ?? schema['x-secret-path']
  return file
    ? [cells(code(file), code(key), schema['x-secret-path'] ? 'the path of the file' : 'what is in it')]
    : []
})

const olderFlagRows = olderFlags().map(({ group, flag }) =>
  cells(code(`--${flag}`), codes([`${group}.host`, `${group}.port`])),
)

/** A file with every setting: with its default, with an example where that is an empty list, as a comment without one. */
function exampleFile(schema = root, indent = ''): string {
  return Object.entries(schema.properties ?? {})
    .map(([name, member]) => {
      if (member.properties) return `${indent}${name}:\n${exampleFile(member, `${indent}  `)}`
      const isSet = member.default !== undefined
      const value = isSet && member.type !== 'array' ? member.default : member.examples?.[0]
      const text = stringify({ [name]: value }, { lineWidth: 0 }).trimEnd()
      return text.replaceAll(/^/gm, isSet ? indent : `${indent}# `).concat('\n')
    })
    .join('')
}

/** The page, for the kinds of the document. */
export function configurationPage(kinds: string[]): string {
  return `<!-- Made by \`npm run generate\` from server/config/schema.ts and other-names.ts. -->
# Configuration

A flag goes before the files that \`database.*_file\` name, these before the environment, that before the files of \`database.secret_dir\`, these
before the configuration file, and that before the default. The file is the one that \`--config\` or \`HYPERFLEET_CONFIG\` names, else the first that
there is of \`${places.join('`, `')}\`.

A key or a flag that is not on this page, or a value that breaks its rule, stops the start with one line that tells of everything that is wrong,
and where it comes from. Unknown variables are ignored, and empty ones count as not set, as do keys of the file with nothing or an empty text.
\`hyperfleet-api config\` prints the settings in force without their secrets, \`hyperfleet-api config --sources\` also where each came from.

Durations are written \`500ms\`, \`10s\`, \`5m\`, \`1m30s\`; sizes \`512KiB\`, \`1MiB\`. Where a number, or true or false, is wanted, the file may have it in quotes; a
text of digits only must be in quotes there. True and false may be written as in Go: \`1\`, \`t\`, \`True\`. Such a flag alone is true. Lists in the environment and in flags are JSON.

## Settings

Where there are several variables, the first is ours, and the others are other names, which are read where those before are not set. Of several flags, the last one on the command
line counts.

| setting | type | default | environment | flag | meaning |
|---|---|---|---|---|---|
${settings().map(settingRow).join('\n')}

${settings().flatMap(memberTable).join('\n')}
## Required adapters

${kinds.join(' and ')} must have \`required_adapters\`, which may be empty: a start without it fails.
${kinds.map((kind) => code(adaptersName(kind))).join(' and ')} (JSON arrays) replace what \`entities\` says of their kind, unless
that is given as a flag. The adapters in force are those that \`migrate\` wrote into the database last; a server that is
configured otherwise says so in its log.

## Secrets in files

The files that may be in the folder of \`database.secret_dir\`. Each may be absent, or empty, which is the same; one must be there. White space
around what is in them is cut; of a password, only a line break at the end.

| file | setting | value |
|---|---|---|
${secretRows.join('\n')}

## Files and names of the Go implementation

A configuration of the Go implementation (the reference) is taken as it is: file, variables and flags. Its other variables and flags stand beside ours in the table of
settings. Where they mean something else here, [divergences.md](divergences.md#configuration) says so.

| member of its file | setting |
|---|---|
${aliasRows.join('\n')}

Names of features that this server lacks, or cannot turn off, are ignored; one warning in the log lists those that were set.

| member of its file | environment | flag | why it is ignored |
|---|---|---|---|
${ignored.map(ignoredRow).join('\n')}

## Older flags

Each sets an address, such as \`localhost:8000\`, \`[::1]:8000\`, or \`:8000\` for all addresses (0.0.0.0). The flags of the settings go before them.

| flag | settings |
|---|---|
${olderFlagRows.join('\n')}

## A file

With every setting: its default, an example for a list, and a comment where there is no default.

\`\`\`yaml
${exampleFile()}\`\`\`
`
}

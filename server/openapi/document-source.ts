import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Template } from './kind-template.ts'
import type { Document } from './operations.ts'

type Own = Document & { 'x-kind-template': Template }
let source: Own | undefined

/** openapi.yaml, which a process parses once; a copy of its own for each call. */
export function readSource(): Own {
  source ??= parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8')) as Own
  return structuredClone(source)
}

import { readFileSync, statSync } from 'node:fs'

const file = new URL('../../package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }

/** Which server this is, and when its files were laid down. */
export const about = { version, build_time: `${statSync(file).mtime.toISOString().slice(0, -1)}000Z` }

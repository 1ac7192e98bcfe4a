#!/usr/bin/env node
/**
 * The command line of callers: it reads and changes resources on any server, by the document of that server.
 *
 * Usage: npx hyperfleet --help
 */
import { runTypeScript } from '../lib/run-typescript.js'

await runTypeScript('hyperfleet')
const { main } = await import('./program.ts')

await main(process.argv)

#!/usr/bin/env node
/**
 * The command line of the server: serve, migrate, verify, config, version.
 *
 * Usage: npx hyperfleet-api --help, or npm run serve
 */
import '../server/process/ignore-sigusr1.js'
import { runTypeScript } from '../lib/run-typescript.js'

await runTypeScript('hyperfleet-api')
const { fail, main } = await import('./main.ts')

main(process.argv.slice(2)).catch(fail)

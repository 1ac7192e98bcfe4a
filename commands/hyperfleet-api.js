#!/usr/bin/env node
/**
 * The command line: serve, migrate, verify, config, version.
 *
 * In JavaScript, for it has the other files run: Node 22.18 and newer strip types themselves, but not of
 * installed packages; for these, and for an older Node, tsx does (docs/adr/0003).
 *
 * Usage: npx hyperfleet-api --help, or npm run serve
 */
import '../server/process/ignore-sigusr1.js'

if (!process.features.typescript || import.meta.url.includes('/node_modules/')) {
  try {
    const { register } = await import('tsx/esm/api')
    register()
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    console.error(
      'hyperfleet-api: tsx is missing, which was left out as optional: install it beside this package',
    )
    process.exit(1)
  }
}
const { fail, main } = await import('./main.ts')

main(process.argv.slice(2)).catch(fail)

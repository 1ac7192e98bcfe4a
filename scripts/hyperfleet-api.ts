/**
 * The command line: serve, migrate, config, version.
 *
 * Usage: npm run serve, npm run migrate, or npx tsx scripts/hyperfleet-api.ts --help
 */
import { fail, main } from '../server/main.ts'

main(process.argv.slice(2)).catch(fail)

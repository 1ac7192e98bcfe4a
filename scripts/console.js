/**
 * Builds the console (console/vite.config.ts): `npm run console`, at `npm install` in a checkout, and before a package is made.
 * Where there is no Vite, as after an installation without devDependencies, it builds nothing and says so; the server
 * answers /console with 404 then.
 */
import { fileURLToPath } from 'node:url'

const { build } = await import('vite').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  return {}
})
if (build) await build({ configFile: fileURLToPath(new URL('../console/vite.config.ts', import.meta.url)) })
else console.error('the console is not built: Vite is not installed')

/**
 * Builds the console (console/vite.config.ts): `npm run console`, at `npm install` in a checkout, and before a package is made.
 * Where there is no Vite, as after an installation without devDependencies, it builds nothing and says so; the server
 * answers /console with 404 then. The former build is replaced when the new one is complete.
 */
import { renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pathOf = (path) => fileURLToPath(new URL(`../console/${path}`, import.meta.url))
const { build } = await import('vite').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  return {}
})
if (build) {
  const [dist, outDir] = [pathOf('dist'), pathOf(`dist-${process.pid}`)]
  await build({ configFile: pathOf('vite.config.ts'), build: { outDir } })
  rmSync(dist, { recursive: true, force: true })
  renameSync(outDir, dist)
} else console.error('the console is not built: Vite is not installed')

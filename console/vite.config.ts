/**
 * Builds the console into console/dist, which the server serves at /console: files with hashes in their names, each beside
 * its compressed forms. Used by scripts/console.js.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Of Brotli: the highest, 11, takes ten times as long for a twentieth less. */
const QUALITY = 9

/** Leaves the fonts of PatternFly out, which are larger than the rest of a page: the fonts of the system are used. */
const systemFonts: Plugin = {
  name: 'system-fonts',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('/styles/base.css') ? code.replaceAll(/@font-face\s*\{[^}]*\}/g, '') : undefined,
}

/** Writes the compressed forms beside each file, so that the server compresses nothing while it answers. */
const compressed: Plugin = {
  name: 'compressed',
  closeBundle() {
    const dist = this.environment.config.build.outDir
    for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|css|html|svg)$/.test(file)) continue
      const bytes = readFileSync(join(dist, file))
      const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY }
      writeFileSync(join(dist, `${file}.br`), brotliCompressSync(bytes, { params }))
      writeFileSync(join(dist, `${file}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }))
    }
  },
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  logLevel: 'warn',
  plugins: [react(), systemFonts, compressed],
  build: {
    outDir: fileURLToPath(new URL('./dist', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

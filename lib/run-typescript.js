/**
 * Lets Node run the TypeScript of this package (docs/adr/0003). In JavaScript, for the other files need it: Node 22.18 and newer
 * strip types themselves, but not of installed packages; for these, and for an older Node, tsx does.
 */

/** Loads tsx where Node cannot do without; ends the process with one line where it is missing. `program` is who says so. */
export async function runTypeScript(program) {
  if (process.features.typescript && !import.meta.url.includes('/node_modules/')) return
  try {
    const { register } = await import('tsx/esm/api')
    register()
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    console.error(
      `${program}: tsx is missing, which was left out as optional: install it beside this package`,
    )
    process.exit(1)
  }
}

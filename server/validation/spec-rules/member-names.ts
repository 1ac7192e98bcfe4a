const SYMBOLS: Record<string, string> = { underscores: '__', dot: '.', dash: '-', slash: '/' }

/** The words that no name after a dot may be in Kubernetes. */
const RESERVED =
  'true false null in as break const continue else for function if import let loop package namespace return var void while'

const reserved = new RegExp(`^__(${RESERVED.replaceAll(' ', '|')})__$`)

/** The name of the property that an escaped name stands for: `foo__dash__bar` is foo-bar, `__in__` is in. */
export const unescapedName = (name: string): string =>
  name
    .replace(reserved, '$1')
    .replace(/__(underscores|dot|dash|slash)__/g, (_, symbol) => SYMBOLS[symbol] ?? '')

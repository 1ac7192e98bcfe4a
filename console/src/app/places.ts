import { addressTo } from './router.tsx'

/** The addresses of the pages. */
export const places = {
  overview: () => addressTo([]),
  list: (kind: string, query: Record<string, string | undefined> = {}) => addressTo(['list', kind], query),
  adapters: (kind: string, query: Record<string, string | undefined> = {}) =>
    addressTo(['adapters', kind], query),
  resource: (kind: string, id: string, tab?: string) => addressTo(['resource', kind, id], { tab }),
  create: (kind: string, parent?: string) => addressTo(['create', kind], { parent }),
  edit: (kind: string, id: string) => addressTo(['edit', kind, id]),
}

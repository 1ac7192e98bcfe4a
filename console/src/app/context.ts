import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Configuration } from '../api/configuration.ts'
import type { ApiDocument, Kind } from '../api/document.ts'
import { getToken, watchToken } from '../api/session.ts'

interface Server {
  document: ApiDocument
  configuration: Configuration
}

/** The server that the console speaks to. */
export const ServerContext = createContext<Server | undefined>(undefined)

/** The document and the configuration of the server. */
export function useServer(): Server {
  const server = useContext(ServerContext)
  if (!server) throw new Error('The server is used outside of ServerContext.')
  return server
}

/** A kind by its name; undefined where the server has none of that name. */
export const useKind = (name: string | undefined): Kind | undefined =>
  useServer().document.kinds.find((kind) => kind.name === name)

/** The token of the person at the screen; empty where nobody is signed in. */
export const useToken = () => useSyncExternalStore(watchToken, getToken)

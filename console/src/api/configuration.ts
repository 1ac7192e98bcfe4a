/** What the server tells the console about itself (`/console/config.json`). */
export interface Configuration {
  /** Whether the server asks for tokens. */
  authentication: boolean
  /** Where a person can sign in; absent where tokens are pasted. */
  oidc?: Oidc
}

/** The client as which people sign in at an issuer. */
export interface Oidc {
  issuer: string
  client_id: string
  scopes: string[]
}

/** Reads the configuration. Rejects where the server does not answer. */
export async function loadConfiguration(): Promise<Configuration> {
  const answer = await fetch(`${import.meta.env.BASE_URL}config.json`)
  if (!answer.ok) throw new Error(`The server answered ${answer.status} for its configuration.`)
  return answer.json()
}

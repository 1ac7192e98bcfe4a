import { Alert, Bullseye, Button, Spinner } from '@patternfly/react-core'
import { lazy, Suspense, useEffect, useState } from 'react'
import { type Configuration, loadConfiguration } from '../api/configuration.ts'
import { type ApiDocument, loadDocument } from '../api/document.ts'
import { ServerContext, useToken } from './context.ts'
import { Frame } from './frame.tsx'
import { Pages } from './pages.tsx'

const SignIn = lazy(() => import('../pages/sign-in/sign-in.tsx'))

/** The console: it reads the configuration and the document of the server, asks for a token where one is needed, and shows the pages. */
export function App() {
  const [server, setServer] = useState<{ document: ApiDocument; configuration: Configuration }>()
  const [failure, setFailure] = useState<string>()
  const token = useToken()
  useEffect(() => {
    Promise.all([loadDocument(), loadConfiguration()]).then(
      ([document, configuration]) => setServer({ document, configuration }),
      (error: Error) => setFailure(error.message),
    )
  }, [])
  if (failure)
    return (
      <Bullseye>
        <Alert variant="danger" title="The console cannot start" isInline>
          <p>{failure}</p>
          <Button variant="link" isInline onClick={() => location.reload()}>
            Try again
          </Button>
        </Alert>
      </Bullseye>
    )
  if (!server)
    return (
      <Bullseye>
        <Spinner aria-label="The console starts" />
      </Bullseye>
    )
  const { authentication } = server.configuration
  return (
    <ServerContext.Provider value={server}>
      {authentication && !token ? (
        <Suspense>
          <SignIn />
        </Suspense>
      ) : (
        // Another person sees nothing that was read for the one before.
        <Frame key={token}>
          <Pages />
        </Frame>
      )}
    </ServerContext.Provider>
  )
}

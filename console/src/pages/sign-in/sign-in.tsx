import { Alert, Button, Card, CardBody, CardTitle, Title } from '@patternfly/react-core'
import { useEffect, useState } from 'react'
import type { Oidc } from '../../api/configuration.ts'
import { useServer } from '../../app/context.ts'
import { PasteToken } from './paste-token.tsx'

/** Asks for a token: by the issuer, where one is configured, or pasted. */
export default function SignIn() {
  const { oidc } = useServer().configuration
  useEffect(() => {
    document.title = 'Sign in · HyperFleet'
  }, [])
  return (
    <main className="hf-sign-in">
      <Title headingLevel="h1">HyperFleet</Title>
      {oidc && (
        <Card>
          <CardTitle component="h2">Sign in</CardTitle>
          <CardBody>
            <AtIssuer oidc={oidc} />
          </CardBody>
        </Card>
      )}
      <Card>
        <CardTitle component="h2">Paste a token</CardTitle>
        <CardBody>
          <PasteToken />
        </CardBody>
      </Card>
    </main>
  )
}

/** Sends the browser to the issuer, and takes the token once it is back. */
function AtIssuer({ oidc }: { oidc: Oidc }) {
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const run = async (step: (flow: typeof import('../../api/oidc.ts')) => Promise<void> | undefined) => {
    setBusy(true)
    try {
      await step(await import('../../api/oidc.ts'))
    } catch (error) {
      setFailure((error as Error).message)
    }
    setBusy(false)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the browser comes back once.
  useEffect(() => {
    run((flow) => (flow.isBack() ? flow.finishSignIn(oidc) : undefined))
  }, [])
  return (
    <>
      {failure && (
        <Alert variant="danger" isInline isLiveRegion title="Signing in failed">
          {failure}
        </Alert>
      )}
      <p>
        <Button isLoading={isBusy} isDisabled={isBusy} onClick={() => run((flow) => flow.goToIssuer(oidc))}>
          Sign in at {new URL(oidc.issuer).host}
        </Button>
      </p>
    </>
  )
}

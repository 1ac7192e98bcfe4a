import {
  ActionGroup,
  Button,
  Card,
  CardBody,
  CardTitle,
  Content,
  Form,
  FormGroup,
  TextArea,
  Title,
} from '@patternfly/react-core'
import { useState } from 'react'
import { setToken } from '../../api/session.ts'
import { useServer } from '../../app/context.ts'

/** Asks for a token: by the issuer, where one is configured, or pasted. */
export function SignIn() {
  const { oidc } = useServer().configuration
  return (
    <main className="hf-sign-in">
      <Title headingLevel="h1">HyperFleet</Title>
      <Card>
        <CardTitle component="h2">Sign in</CardTitle>
        <CardBody>
          {oidc ? <p>{oidc.issuer}</p> : null}
          <PasteToken />
        </CardBody>
      </Card>
    </main>
  )
}

function PasteToken() {
  const [text, setText] = useState('')
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault()
        setToken(text)
      }}
    >
      <FormGroup label="Token" fieldId="token" isRequired>
        <TextArea id="token" value={text} onChange={(_event, value) => setText(value)} rows={6} isRequired />
        <Content component="small">
          The token stays in this tab: it is kept in the memory of the page and in its session storage.
        </Content>
      </FormGroup>
      <ActionGroup>
        <Button type="submit" isDisabled={!text.trim()}>
          Use the token
        </Button>
      </ActionGroup>
    </Form>
  )
}

import {
  ActionGroup,
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  TextArea,
} from '@patternfly/react-core'
import { useState } from 'react'
import { setToken } from '../../api/session.ts'

/** Takes a token as text. */
export function PasteToken() {
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
        <FormHelperText>
          <HelperText>
            <HelperTextItem>
              It stays in this tab, and is forgotten when the tab is closed or you sign out.
            </HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      <ActionGroup>
        <Button type="submit" isDisabled={!text.trim()}>
          Use the token
        </Button>
      </ActionGroup>
    </Form>
  )
}

import {
  Checkbox,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  TextInput,
} from '@patternfly/react-core'
import type { Kind } from '../../api/document.ts'
import type { Schema } from '../../api/types.ts'
import { useAnswer } from '../../api/use-answer.ts'
import { useServer } from '../../app/context.ts'

interface Fields {
  kind: Kind
  spec: string
  onChange(spec: string): void
}

const SCALARS = ['string', 'integer', 'number', 'boolean']

/** Fields for the members of a spec that the provider's schema names and that hold one value; the rest is written as JSON. */
export function SpecFields({ kind, spec, onChange }: Fields) {
  const { document } = useServer()
  const { answer } = useAnswer<Schema>(document.call('schemas.get', undefined, [kind.name]))
  const { properties = {}, required = [] } = answer?.body ?? {}
  const fields = Object.entries(properties).filter(([, { type }]) => type && SCALARS.includes(type))
  const value = objectIn(spec)
  if (!fields.length || !value) return null
  const set = (name: string, next: unknown) => {
    const { [name]: _former, ...rest } = value
    onChange(JSON.stringify(next === undefined ? rest : { ...value, [name]: next }, null, 2))
  }
  return fields.map(([name, schema]) => (
    <SpecField
      key={name}
      name={name}
      schema={schema}
      isRequired={required.includes(name)}
      value={value[name]}
      onChange={(next) => set(name, next)}
    />
  ))
}

interface Field {
  name: string
  schema: Schema
  isRequired: boolean
  value: unknown
  onChange(value: unknown): void
}

function SpecField({ name, schema, isRequired, value, onChange }: Field) {
  const id = `spec-${name}`
  const label = schema.title ?? name
  if (schema.type === 'boolean')
    return (
      <Checkbox
        id={id}
        label={label}
        description={schema.description}
        isChecked={value === true}
        onChange={(_event, isChecked) => onChange(isChecked)}
      />
    )
  const text = value === undefined ? '' : String(value)
  const take = (next: string) => onChange(next === '' ? undefined : readValue(next, schema.type))
  return (
    <FormGroup label={label} fieldId={id} isRequired={isRequired}>
      {schema.enum ? (
        <FormSelect id={id} value={text} onChange={(_event, next) => take(next)}>
          <FormSelectOption value="" label="–" />
          {schema.enum.map((each) => (
            <FormSelectOption key={String(each)} value={String(each)} label={String(each)} />
          ))}
        </FormSelect>
      ) : (
        <TextInput id={id} value={text} onChange={(_event, next) => take(next)} />
      )}
      {schema.description && (
        <FormHelperText>
          <HelperText>
            <HelperTextItem>{schema.description}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  )
}

/** A text as a value of the type; one that is no number stays a text, which the server refuses. */
function readValue(text: string, type: string | undefined): unknown {
  const number = Number(text)
  return type === 'string' || Number.isNaN(number) ? text : number
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

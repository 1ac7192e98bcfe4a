import { given, type Problem } from '../explain.ts'
import type { Config } from '../schema.ts'
import type { Origin } from '../sources.ts'

/** Headers with credentials, which cannot hold a tenancy. */
const FORBIDDEN = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-forwarded-authorization',
]

/** The faults in the settings of tenants; none where tenants are not kept apart. */
export function checkTenants({ server: { tenant } }: Config, origin: Origin): Problem[] {
  if (!tenant.enabled) return []
  const { dimensions, header, system_header } = tenant
  const problem = (key: string, line: string) => ({
    keys: [`server.tenant.${key}`],
    line: `server.tenant.${key} ${line}`,
  })
  const places = dimensions.map((_, index) => `dimensions[${index}]`)
  const headers: [key: string, name: string][] = [
    ...(system_header === undefined ? [] : [['system_header', system_header] as [string, string]]),
    ...(header === undefined ? [] : [['header', header] as [string, string]]),
    ...dimensions.flatMap(({ header }, index): [string, string][] =>
      header === undefined ? [] : [[`${places[index]}.header`, header]],
    ),
  ]
  const isSecond = (values: string[], index: number) => values.indexOf(values[index] ?? '') < index
  const names = headers.map(([, name]) => name.toLowerCase())
  const keys = dimensions.map(({ key }) => key)
  return [
    ...(dimensions.some(({ required }) => required)
      ? []
      : [
          problem(
            'dimensions',
            `must have one that is required, since server.tenant.enabled is true (from ${origin('server.tenant.enabled')})`,
          ),
        ]),
    ...dimensions.flatMap(({ header: own, claim }, index) =>
      own === undefined && claim === undefined && header === undefined
        ? [
            problem(
              places[index] as string,
              'must have a header or a claim, or server.tenant.header must be set',
            ),
          ]
        : [],
    ),
    ...keys.flatMap((key, index) =>
      isSecond(keys, index) ? [problem(`${places[index]}.key`, `is there twice: ${key}`)] : [],
    ),
    ...headers.flatMap(([key, name], index) => {
      const where = given(`server.tenant.${key}`, name, origin)
      if (FORBIDDEN.includes(name.toLowerCase())) return [problem(key, `must be another header ${where}`)]
      return isSecond(names, index)
        ? [problem(key, `must not be the header of another setting ${where}`)]
        : []
    }),
  ]
}

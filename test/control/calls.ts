/** Calls the control API as a client would, and holds every request and answer against its description. */

import type { ValidateFunction } from 'ajv/dist/2020.js'
import type { Pointer } from '../openapi/descriptions.js'
import { description, resolved, validators } from '../openapi/descriptions.js'

export const document = description('control')
const validator = validators('control')

type Node = { readonly [member: string]: unknown }
const node = (value: unknown): Node => (resolved(document, value) ?? {}) as Node

export interface Described {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly pointer: Pointer
  readonly operation: Node
}

const methods = ['get', 'put', 'post', 'delete'] as const

export const operations: readonly Described[] = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const operation = item?.[method]
    return operation
      ? [{ id: operation.operationId ?? '', method, path, pointer: ['paths', path, method], operation: operation as Node }]
      : []
  }),
)

/** The exact path counts before one with a parameter. */
const operationAt = (method: string, path: string): Described | undefined => {
  const fits = ({ path: template }: Described): boolean =>
    new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path)
  return operations.filter((one) => one.method === method.toLowerCase() && fits(one)).sort((a, b) => count(a.path) - count(b.path))[0]
}
const count = (path: string): number => path.split('{').length

/** The place of a schema, through references. */
const schemaAt = (holder: unknown, pointer: Pointer): Pointer | undefined => {
  const reference = (holder as Node | undefined)?.['$ref']
  const at = typeof reference === 'string' ? reference.replace(/^#\//, '').split('/') : pointer
  const content = node(holder)['content'] as Node | undefined
  return content && 'application/json' in content ? [...at, 'content', 'application/json', 'schema'] : undefined
}

const explain = (what: string, value: unknown, validate: ValidateFunction): Error =>
  new Error(`${what} is not as described: ${JSON.stringify(value)}\n${JSON.stringify(validate.errors, null, 1)}`)

const check = (what: string, pointer: Pointer | undefined, value: unknown): void => {
  if (!pointer) {
    if (value !== undefined) throw new Error(`${what} has a body that is not described: ${JSON.stringify(value)}`)
    return
  }
  const validate = validator(pointer)
  if (!validate(value)) throw explain(what, value, validate)
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came, after it was validated
  readonly body: any
  readonly operation: string
}

/** Checks an exchange; a request that was refused need not fit. */
const judge = (method: string, path: string, body: unknown, status: number, answer: unknown): string => {
  const described = operationAt(method, path)
  if (!described) {
    if (status !== 404 && status !== 405) throw new Error(`${method} ${path} was answered ${status} and is not described`)
    check(`the answer to ${method} ${path}`, ['components', 'schemas', 'Error'], answer)
    return ''
  }
  const { id, pointer, operation } = described
  const { requestBody, responses } = operation as { readonly requestBody?: unknown; readonly responses: Node }
  if (status < 300 && body !== undefined) check(`the request of ${id}`, schemaAt(requestBody, [...pointer, 'requestBody']), body)
  const key = String(status) in responses ? String(status) : 'default'
  if (key === 'default' && status < 400) throw new Error(`${id} was answered ${status}, which is not described`)
  check(`the answer ${status} to ${id}`, schemaAt(responses[key], [...pointer, 'responses', key]), answer)
  return id
}

export type Calls = (method: string, path: string, body?: unknown, headers?: { readonly [name: string]: string }) => Promise<Answer>

/** @param url of a sandbox */
export const calling =
  (url: string): Calls =>
  async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer: unknown = text === '' ? undefined : JSON.parse(text)
    const operation = judge(method, path.split('?', 1)[0] ?? '', body, response.status, answer)
    if (path.startsWith('/__admin') && !response.headers.get('x-authdouble-request-id')) throw new Error('the answer has no id')
    return { status: response.status, headers: response.headers, body: answer, operation }
  }

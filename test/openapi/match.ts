/** Holds an exchange against the descriptions: which operation it was, and what in it is not described. */

import type { ValidateFunction } from 'ajv/dist/2020.js'
import { description, type Pointer, resolved, validators } from './descriptions.js'
import type { Exchange } from './recorder.js'

type Members = { readonly [member: string]: unknown }

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

const header = (headers: Exchange['requestHeaders'], name: string): string | undefined =>
  headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1]

const mediaType = (headers: Exchange['requestHeaders']): string =>
  (header(headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** `/~job7/zettle/token?x` -> `/token`: the path as the description has it. */
const pathOf = ({ url, provider }: Exchange): string => {
  const path = (url.split('?', 1)[0] ?? '').replace(/^\/~[^/]+/, '')
  return provider !== undefined && path.startsWith(`/${provider}/`) ? path.slice(provider.length + 1) : path
}

const segments = (path: string): readonly string[] => path.replace(/\/+$/, '').split('/')

const fitsTemplate = (path: string, template: string): boolean => {
  const [asked, known] = [segments(path), segments(template)]
  return asked.length === known.length && known.every((part, i) => (/^\{.*\}$/.test(part) ? asked[i] !== '' : part === asked[i]))
}

const formObject = (text: string): Members => {
  const members: { [name: string]: string } = {}
  for (const pair of text.split('&').filter((one) => one !== '')) {
    const [name = '', value = ''] = pair.split('=', 2)
    // What cannot be decoded stays as it is: one provider takes it so.
    const decoded = (part: string): string => {
      try {
        return decodeURIComponent(part.replaceAll('+', ' '))
      } catch {
        return part
      }
    }
    members[decoded(name)] = decoded(value)
  }
  return members
}

interface Described {
  /** `zettle POST /token` */
  readonly operation: string
  /** The key of the answer: a status, or `default`. */
  readonly answer: string
  readonly violations: readonly string[]
}

/** A reader of one description. */
export const matcher = (name: string): ((exchange: Exchange) => Described | undefined) => {
  const document = description(name) as unknown as Members
  const paths = document['paths'] as { readonly [path: string]: Members }
  const validatorAt = validators(name)
  const check = (pointer: Pointer, holder: Members, value: unknown, what: string): readonly string[] => {
    if (!isObject(holder['schema'])) return []
    const validate: ValidateFunction = validatorAt([...pointer, 'schema'])
    return validate(value) ? [] : [`${what}: ${JSON.stringify(validate.errors?.slice(0, 3))} in ${JSON.stringify(value)?.slice(0, 300)}`]
  }
  /** The place that a `$ref` leads to, and what is there. */
  const follow = (pointer: Pointer, value: unknown): readonly [Pointer, Members] => {
    if (!isObject(value)) return [pointer, {}]
    if (typeof value['$ref'] !== 'string') return [pointer, value]
    const to = value['$ref']
      .slice(2)
      .split('/')
      .map((part) => decodeURIComponent(part))
    return follow(to, resolved(document, value))
  }

  const parameters = (at: Pointer, item: Members, operation: Members, method: string, exchange: Exchange): readonly string[] => {
    const query = formObject(exchange.url.split('?', 2)[1] ?? '')
    const lists = [
      [[...at, 'parameters'], item['parameters']],
      [[...at, method, 'parameters'], operation['parameters']],
    ] as const
    return lists.flatMap(([pointer, list]) =>
      (Array.isArray(list) ? list : []).flatMap((one, i) => {
        const [place, parameter] = follow([...pointer, String(i)], one)
        if (parameter['in'] !== 'query') return []
        const parameterName = String(parameter['name'])
        const value = query[parameterName]
        if (value === undefined) return parameter['required'] === true ? [`query parameter ${parameterName} is missing`] : []
        const { type } = (resolved(document, parameter['schema']) ?? {}) as Members
        const numeric = (type === 'integer' || type === 'number') && value !== '' && !Number.isNaN(Number(value))
        return check(place, parameter, numeric ? Number(value) : value, `query parameter ${parameterName}`)
      }),
    )
  }

  const requestBody = (at: Pointer, operation: Members, exchange: Exchange): readonly string[] => {
    if (exchange.requestBody === '') {
      const [, body] = follow([...at, 'requestBody'], operation['requestBody'])
      return body['required'] === true ? ['a body is required'] : []
    }
    // A body has no meaning there (RFC 9110 §9.3.1, §9.3.5).
    if (operation['requestBody'] === undefined) return ['GET', 'DELETE'].includes(exchange.method) ? [] : ['no body is described']
    const [place, body] = follow([...at, 'requestBody'], operation['requestBody'])
    const type = mediaType(exchange.requestHeaders)
    const content = (body['content'] ?? {}) as Members
    if (!isObject(content[type])) return [`request content type ${type || '(none)'} is not described`]
    if (type === 'multipart/form-data') return []
    const value: unknown = type === 'application/json' ? JSON.parse(exchange.requestBody) : formObject(exchange.requestBody)
    return check([...place, 'content', type], content[type], value, 'request body')
  }

  const responseBody = (place: Pointer, answer: Members, exchange: Exchange): readonly string[] => {
    const content = answer['content'] as Members | undefined
    if (content === undefined) return exchange.responseBody === '' ? [] : ['a response body is not described']
    if (exchange.responseBody === '') return answer['x-may-be-empty'] === true ? [] : ['the response body is missing']
    const type = mediaType(exchange.responseHeaders)
    if (!isObject(content[type])) return [`response content type ${type || '(none)'} is not described`]
    const value: unknown = /json$/.test(type) ? JSON.parse(exchange.responseBody) : exchange.responseBody
    return check([...place, 'content', type], content[type], value, 'response body')
  }

  const responseHeaders = (place: Pointer, answer: Members, exchange: Exchange): readonly string[] =>
    Object.entries((answer['headers'] ?? {}) as Members).flatMap(([headerName, one]) => {
      const [at, described] = follow([...place, 'headers', headerName], one)
      const value = header(exchange.responseHeaders, headerName)
      if (value === undefined) return described['required'] === true ? [`response header ${headerName} is missing`] : []
      return check(at, described, value, `response header ${headerName}`)
    })

  return (exchange) => {
    const path = pathOf(exchange)
    const templates = Object.keys(paths).filter((template) => fitsTemplate(path, template))
    const template = templates.find((one) => !one.includes('{')) ?? templates[0]
    if (template === undefined) return undefined
    const at = ['paths', template]
    const item = paths[template] ?? {}
    const method = exchange.method.toLowerCase()
    const operation = item[method]
    const label = `${name} ${exchange.method} ${template}`
    if (!isObject(operation)) {
      // A method that is not described may be refused, and no more.
      return {
        operation: label,
        answer: 'default',
        // A preflight is the browser's (Fetch §3.2.2): no description of an API has it. HEAD comes with GET (RFC 9110 §9.3.2).
        violations:
          exchange.status >= 400 || method === 'head' || (method === 'options' && exchange.status === 204)
            ? []
            : [`an undescribed method is answered ${exchange.status}`],
      }
    }
    const responses = operation['responses'] as Members
    const answer = String(exchange.status) in responses ? String(exchange.status) : 'default'
    const [place, response] = follow([...at, method, 'responses', answer], responses[answer])
    return {
      operation: label,
      answer,
      violations: [
        ...(answer === 'default' && exchange.status < 400 ? [`status ${exchange.status} is not described`] : []),
        ...(exchange.accepted ? parameters(at, item, operation, method, exchange) : []),
        ...(exchange.accepted ? requestBody([...at, method], operation, exchange) : []),
        ...responseBody(place, response, exchange),
        ...responseHeaders(place, response, exchange),
      ],
    }
  }
}

/** Every operation with every answer that a description spells out, as `zettle POST /token 200`. */
export const answersOf = (name: string): readonly string[] =>
  Object.entries(description(name).paths ?? {}).flatMap(([path, item]) =>
    Object.entries((item ?? {}) as Members).flatMap(([method, operation]) =>
      isObject(operation) && isObject(operation['responses'])
        ? Object.keys(operation['responses'])
            .filter((status) => status !== 'default')
            .map((status) => `${name} ${method.toUpperCase()} ${path} ${status}`)
        : [],
    ),
  )

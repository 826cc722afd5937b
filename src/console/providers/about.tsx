/** A provider's endpoints, its demo client, and both in the words of client libraries. */

import { useState } from 'preact/hooks'
import type { Address, Endpoint, Provider } from '../types.js'
import { Copy } from '../ui/copy.js'
import { Card } from '../ui/field.js'
import { local } from './send.js'
import { snippetsOf } from './snippets.js'

const secrets: readonly (keyof Address)[] = ['clientSecret', 'password']

const members: readonly (readonly [member: keyof Address, label: string])[] = [
  ['clientId', 'client id'],
  ['clientSecret', 'client secret'],
  ['username', 'user name'],
  ['password', 'password'],
  ['redirectUri', 'redirect URI'],
  ['scope', 'scope'],
]

const Credentials = ({ provider: { address, name } }: { readonly provider: Provider }) => {
  const [shown, show] = useState(false)
  return (
    <Card title="Demo client">
      <dl aria-label="Demo client">
        {members.map(([member, label]) => {
          const value = address[member]
          if (value === undefined) return null
          return (
            <div key={member}>
              <dt>{label}</dt>
              <dd class="row wrap">
                <code>{secrets.includes(member) && !shown ? '••••••••' : value}</code>
                <Copy text={value} name={`the ${label} of ${name}`} />
              </dd>
            </div>
          )
        })}
      </dl>
      <div class="row">
        <button type="button" class="small" aria-pressed={shown} onClick={() => show(!shown)}>
          {shown ? 'Hide secrets' : 'Show secrets'}
        </button>
      </div>
    </Card>
  )
}

const Snippets = ({ provider }: { readonly provider: Provider }) => {
  const all = snippetsOf(provider)
  const [chosen, choose] = useState(all[0]?.[0] ?? '')
  const text = all.find(([title]) => title === chosen)?.[1] ?? ''
  return (
    <Card title="In your client" note="What each library needs beside this, and what it gets wrong here, is in docs/clients.md.">
      <fieldset class="row wrap">
        <legend class="hidden">As</legend>
        {all.map(([title]) => (
          <button key={title} type="button" class="small" aria-pressed={title === chosen} onClick={() => choose(title)}>
            {title}
          </button>
        ))}
        <span class="grow" />
        <Copy text={text} name={`the ${chosen} lines`} />
      </fieldset>
      <pre role="group" tabIndex={0} aria-label={chosen}>
        {text}
      </pre>
    </Card>
  )
}

const Row = ({ endpoint }: { readonly endpoint: Endpoint }) => (
  <tr class={endpoint.served ? '' : 'quiet'}>
    <td>
      {endpoint.operation}
      {endpoint.portal && <span class="quiet"> ({endpoint.portal})</span>}
    </td>
    <td>
      <code>{endpoint.methods.join(', ')}</code>
    </td>
    <td>
      {endpoint.portal && endpoint.served ? (
        <a href={local(endpoint.url)} target="_blank" rel="noreferrer">
          <code>{endpoint.path}</code>
        </a>
      ) : (
        <code>{endpoint.path}</code>
      )}
      {!endpoint.served && ' off: a quirk would have to be on'}
    </td>
    <td class="quiet">{endpoint.host}</td>
    <td>
      <Copy text={endpoint.url} name={`the URL of ${endpoint.name}`} />
    </td>
  </tr>
)

export const About = ({ provider }: { readonly provider: Provider }) => (
  <>
    <Credentials provider={provider} />
    <Snippets provider={provider} />
    <Card
      title="Endpoints"
      note={
        <>
          Below <code>{provider.address.baseUrl}</code>, each with its real path. The provider’s own documentation:{' '}
          <a href={provider.docs} rel="noreferrer">
            {provider.docs}
          </a>
          . As OpenAPI: <a href={local(`${provider.address.baseUrl}/openapi.json`)}>openapi.json</a>.
        </>
      }
    >
      {/* Wide on a telephone: it scrolls, by keyboard too. */}
      <section class="scroll" tabIndex={0} aria-label="Table of endpoints">
        <table>
          <thead>
            <tr>
              <th scope="col">for</th>
              <th scope="col">method</th>
              <th scope="col">path</th>
              <th scope="col">real host</th>
              <th scope="col">
                <span class="hidden">copy</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {provider.endpoints.map((endpoint) => (
              <Row key={endpoint.name} endpoint={endpoint} />
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  </>
)

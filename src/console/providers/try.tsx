/** A whole flow, step by step: each request is shown before it is sent. */

import { useEffect, useState } from 'preact/hooks'
import { status } from '../api/status.js'
import type { Provider } from '../types.js'
import { awaitLanding, callbackPath, callbackUrl } from './landing.js'
import { authorizeDraft, callDraft, codeDraft, type Draft, type Proof, refreshDraft, revokeDraft } from './request.js'
import { type Came, local, memberOf, prove, random } from './send.js'
import { Step } from './step.js'

interface Flow {
  readonly code?: string
  readonly access?: string
  readonly refresh?: string
}

/** What the redirect back to the client said. */
interface Landing {
  readonly params: readonly (readonly [string, string])[]
  readonly code?: string
  readonly state?: string
}

const landingOf = (url: string): Landing | undefined => {
  const { pathname, searchParams } = new URL(url)
  if (pathname.replace(/\/$/, '') !== callbackPath) return undefined
  const [code, state] = [searchParams.get('code'), searchParams.get('state')]
  return { params: [...searchParams], ...(code === null ? {} : { code }), ...(state === null ? {} : { state }) }
}

const Landed = ({ landing, state }: { readonly landing: Landing; readonly state: string }) => (
  <div class="answer">
    <p>The browser was sent back to the client with</p>
    <dl aria-label="Redirect">
      {landing.params.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{value}</code>{' '}
            {name === 'state' && (
              <b class={value === state ? 'good' : 'bad'}>{value === state ? '✓ as it was sent' : '✗ not what was sent'}</b>
            )}
          </dd>
        </div>
      ))}
    </dl>
  </div>
)

const Authorize = ({
  provider,
  proof,
  got,
}: {
  readonly provider: Provider
  readonly proof: Proof | undefined
  readonly got: (code: string | undefined) => void
}) => {
  const [state] = useState(random)
  const [landing, land] = useState<Landing | undefined>(undefined)
  const [page, ask] = useState<string | undefined>(undefined)
  const arrive = (url: string): void => {
    const found = landingOf(url)
    land(found)
    if (found) {
      ask(undefined)
      got(found.code)
    }
  }
  useEffect(() => awaitLanding(arrive), [])
  const came = (answer: Came): void => {
    land(undefined)
    arrive(answer.url)
    ask(landingOf(answer.url) || answer.status >= 400 ? undefined : answer.url)
  }
  return (
    <Step
      title="1 · Ask for authorization"
      about="The client sends the browser here; the redirect URI is this console."
      draft={authorizeDraft(provider, callbackUrl(), state, proof)}
      came={came}
      quiet={landing !== undefined}
    >
      {landing && <Landed landing={landing} state={state} />}
      {page !== undefined && (
        <p class="answer">
          A person has to decide: the log-in page waits.{' '}
          <button type="button" class="main" onClick={() => window.open(page, 'authdouble-flow', 'popup,width=520,height=720')}>
            Open the page
          </button>
        </p>
      )}
    </Step>
  )
}

/** Where no authorization endpoint is: the code comes from a page of the provider's, or from the control API in its place. */
const HandedOut = ({ provider, got }: { readonly provider: Provider; readonly got: (code: string | undefined) => void }) => {
  const { id, flow, endpoints } = provider
  const page = endpoints.find(({ portal }) => portal === (flow.starts === 'install' ? 'install' : 'code'))
  const body = flow.starts === 'install' ? ([['redirectUri', callbackUrl()]] as const) : []
  const draft: Draft = {
    method: 'POST',
    url: `${status.get()?.url ?? ''}/__admin/providers/${id}/codes`,
    headers: [],
    params: body,
    where: 'json',
  }
  return (
    <Step
      title={flow.starts === 'install' ? '1 · Install the app' : '1 · Generate a code'}
      about={
        flow.starts === 'install'
          ? 'An installation starts at the provider and sends the browser to the client with a code.'
          : 'A person generates the code on a page of the provider and gives it to the client.'
      }
      draft={draft}
      came={(answer) => got(memberOf(answer.body, 'code'))}
    >
      {page && (
        <p>
          By hand:{' '}
          <a href={local(page.url)} target="_blank" rel="noreferrer">
            the provider’s page
          </a>
        </p>
      )}
    </Step>
  )
}

export const TryIt = ({ provider }: { readonly provider: Provider }) => {
  const [flow, set] = useState<Flow>({})
  const [proof, setProof] = useState<Proof | undefined>(undefined)
  useEffect(() => {
    set({})
    void prove().then(setProof)
  }, [provider.id])
  const took = ({ body }: Came): void => {
    const [access, refresh] = [memberOf(body, 'access_token'), memberOf(body, 'refresh_token')]
    set((was) => ({ ...was, ...(access === undefined ? {} : { access }), ...(refresh === undefined ? {} : { refresh }) }))
  }
  const got = (code: string | undefined): void => set(code === undefined ? {} : { code })
  const { code, access, refresh } = flow
  const revocation = access === undefined ? undefined : revokeDraft(provider, access, refresh)
  return (
    <ol class="cards steps" key={provider.id}>
      {provider.flow.starts === 'authorize' ? (
        <Authorize provider={provider} proof={proof} got={got} />
      ) : (
        <HandedOut provider={provider} got={got} />
      )}
      {code !== undefined && (
        <Step
          title="2 · Exchange the code"
          about="The client’s server redeems the code; its credentials stand where this provider’s documents put them."
          draft={codeDraft(provider, code, callbackUrl(), proof)}
          came={took}
        />
      )}
      {access !== undefined && (
        <Step
          title="3 · Call the API"
          about="With the access token, in this provider’s scheme."
          draft={callDraft(provider, access)}
          came={() => undefined}
        />
      )}
      {refresh !== undefined && (
        <Step
          title="4 · Refresh"
          about="For a new access token; whether the refresh token changes is up to the provider."
          draft={refreshDraft(provider, refresh)}
          came={took}
        />
      )}
      {revocation && <Step title="5 · Disconnect" about="What was granted ends." draft={revocation} came={() => undefined} />}
      {code === undefined && <li class="quiet">The next steps appear once there is a code.</li>}
    </ol>
  )
}

/** The redirect URI of the flows that are tried here is the console itself: whatever comes back goes to the tab that began the flow. */

import { useEffect } from 'preact/hooks'
import { base } from '../api/client.js'

export const callbackPath = `${base}/__admin/ui`

export const callbackUrl = (): string => `${location.origin}${callbackPath}`

const channelName = 'authdouble-flow'

/** Undefined where this is no return from a flow. */
export const landing = (): string | undefined => {
  const names = new URLSearchParams(location.search)
  return ['code', 'error'].some((name) => names.has(name)) ? location.href : undefined
}

/** Calls back with the address at which a window came back. */
export const awaitLanding = (came: (url: string) => void): (() => void) => {
  const channel = new BroadcastChannel(channelName)
  channel.onmessage = (event: MessageEvent) => {
    if (typeof event.data === 'string') came(event.data)
  }
  return () => channel.close()
}

export const Landed = ({ came }: { readonly came: string }) => {
  useEffect(() => {
    const channel = new BroadcastChannel(channelName)
    channel.postMessage(came)
    channel.close()
    window.close()
  }, [came])
  return (
    <main class="unlock">
      <h1>Back at the console</h1>
      <p>The flow goes on in the tab where it began. You can close this window.</p>
    </main>
  )
}

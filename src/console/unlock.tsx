/** Asks for the admin token, once for this tab. */

import { useToken } from './api/client.js'

export const Unlock = ({ wrong }: { readonly wrong: boolean }) => (
  <main class="unlock">
    <h1>authdouble</h1>
    <p>This server was started with an admin token. The console needs it too, and keeps it for this tab alone.</p>
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const value = String(new FormData(event.currentTarget).get('token') ?? '')
        if (value !== '') useToken(value)
      }}
    >
      {wrong && (
        <p role="alert" class="bad">
          That was not it.
        </p>
      )}
      <label for="token">Admin token</label>
      <input id="token" name="token" type="password" autocomplete="off" autofocus required />
      <button type="submit" class="main">
        Open the console
      </button>
    </form>
  </main>
)

/** Starts the console; in a window that a flow came back to, hands over what it brought. */

import { render } from 'preact'
import { App } from './app.js'
import { Landed, landing } from './providers/landing.js'
import { followAddress } from './route.js'

followAddress()
const root = document.getElementById('console')
const came = landing()
if (root) render(came ? <Landed came={came} /> : <App />, root)

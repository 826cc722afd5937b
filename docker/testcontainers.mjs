// Runs what docs/in-your-tests.md shows of Testcontainers against the image `authdouble`: Node's from npm, and Python's
// where the library is installed. docker/check.sh starts it; it needs an engine.
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const page = readFileSync('docs/in-your-tests.md', 'utf8')
const [, section = ''] = page.split('## Testcontainers\n')
const sample = (language) => new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(section)?.[1] ?? ''

// Its reaper is an image of its own, and whatever is started here is stopped here.
const env = { TESTCONTAINERS_RYUK_DISABLED: 'true', ...process.env }
const folder = mkdtempSync(join(tmpdir(), 'authdouble-testcontainers-'))
const run = (command, ...argv) => execFileSync(command, argv, { cwd: folder, env, stdio: 'inherit' })

/** With the token that the sample sets: a sandbox is made, and refreshes with a token that is not rotated, as the sample asks. */
const nodeTail = `
const control = async (admin, path, body = {}) => {
  const headers = { authorization: 'Bearer s3cret', 'content-type': 'application/json' }
  return (await fetch(admin + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
}
try {
  const { admin, providers } = await control(url, '/__admin/sandboxes', { quirks: { 'zettle/may-rotate-at-any-time': 'same' } })
  const { refreshToken } = await control(admin, '/tokens/mint', { provider: 'zettle' })
  const { tokenUrl, clientId, clientSecret } = providers.zettle
  if (!tokenUrl.startsWith(url)) throw new Error(tokenUrl + ' is not at ' + url)
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }
  const reply = await (await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) })).json()
  if (reply.refresh_token !== refreshToken) throw new Error(JSON.stringify(reply))
  console.log('testcontainers for Node: ok')
} finally {
  await container.stop()
}
`

const pythonTail = `
def test_a_sandbox_in_the_container(double, authdouble_url):
    assert double.provider("zettle")["tokenUrl"].startswith(authdouble_url)
    double.clock.advance("2h")
    assert double.tokens.mint("zettle")["refreshToken"]
`

try {
  // The last major version that runs on Node 20.
  run('npm', 'install', '--silent', '--no-audit', '--no-fund', '--prefix', '.', 'testcontainers@11')
  writeFileSync(join(folder, 'node.mjs'), sample('js') + nodeTail)
  run(process.execPath, 'node.mjs')
  if (spawnSync('python3', ['-c', 'import testcontainers, pytest'], { env }).status === 0) {
    copyFileSync('fixtures/test-runners/pytest/conftest.py', join(folder, 'conftest.py'))
    writeFileSync(join(folder, 'test_container.py'), sample('python') + pythonTail)
    run('python3', '-B', '-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test_container.py')
  } else console.log('testcontainers for Python: not run, it is not installed')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

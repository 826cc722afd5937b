// Raw RS256 signatures a second with node:crypto and a key that stays imported.
import { generateKeyPairSync, sign } from 'node:crypto'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const text = Buffer.alloc(600, 'a')
const milliseconds = Number(process.argv[2] ?? 1000)
for (let i = 0; i < 50; i += 1) sign('RSA-SHA256', text, privateKey)
const started = performance.now()
let count = 0
while (performance.now() - started < milliseconds) {
  for (let i = 0; i < 20; i += 1) sign('RSA-SHA256', text, privateKey)
  count += 20
}
console.log(count / ((performance.now() - started) / 1000))

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './sources.js'

const { repository, homepage, bugs, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const [, owner = ''] = /^git\+https:\/\/github\.com\/([\w-]+)\/authdouble\.git$/.exec(repository.url) ?? []

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** A text with the owner and the release that package.json names, wherever it names one. */
const withOwner = (text: string): string =>
  text
    .replaceAll(/\bgithub\.com\/[^/\s]+\/authdouble\b/g, `github.com/${owner}/authdouble`)
    .replaceAll(
      /[\w<>-]+\/authdouble\/\.github\/actions\/authdouble@v[\w.-]+/g,
      `${owner}/authdouble/.github/actions/authdouble@v${version}`,
    )

it('package.json alone says who owns the repository: its other links follow from the first', () => {
  expect(owner).not.toBe('')
  expect({ homepage, bugs }).toEqual({
    homepage: `https://github.com/${owner}/authdouble#readme`,
    bugs: `https://github.com/${owner}/authdouble/issues`,
  })
})

it.each(pages)('the owner and the release that %s names are those of package.json (npm run tables writes them)', (file) => {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  const wanted = withOwner(text)
  if (process.env['WRITE_TABLES'] === '1') writeFileSync(path, wanted)
  else expect(text).toBe(wanted)
})

it('no workflow and no action names an owner: GitHub tells them where they run', () => {
  const folder = join(root, '.github')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const naming = files.filter(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8').includes(`${owner}/authdouble`))
  expect(files.length).toBeGreaterThan(5)
  expect(naming.map(({ name }) => name)).toEqual([])
})

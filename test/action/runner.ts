/** Runs a composite action's steps in a shell as GitHub's runner does: expressions, environment, outputs, path of files. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'

interface Step {
  readonly name: string
  readonly id?: string
  readonly if?: string
  readonly shell: string
  readonly run: string
  readonly env?: Readonly<Record<string, string>>
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

export const actionPath = resolve('.github/actions/authdouble')

export const readAction = async (): Promise<Action> => parse(await readFile(join(actionPath, 'action.yml'), 'utf8'))

type Context = (path: string) => string

/** The little of the expression language that the action may use: a context's value, and its comparison with a text. */
const evaluate = (text: string, context: Context): string =>
  text.replaceAll(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, path: string) => context(path))

const holds = (condition: string | undefined, context: Context): boolean => {
  if (condition === undefined) return true
  const [, path, operator, value] = /^([\w.-]+) (==|!=) '([^']*)'$/.exec(condition) ?? []
  if (path === undefined) throw new Error(`the runner of this test cannot read the condition ${condition}`)
  return (context(path) === value) === (operator === '==')
}

/** `NAME=value`, and `NAME<<END` with lines up to END. */
const readCommands = (text: string): Record<string, string> => {
  const read: Record<string, string> = {}
  const lines = text.split('\n')
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, heredoc, end] = /^([^=<]+)<<(.+)$/.exec(line) ?? []
    if (heredoc !== undefined && end !== undefined) {
      read[heredoc] = lines
        .splice(0, lines.indexOf(end) + 1)
        .slice(0, -1)
        .join('\n')
    } else if (line !== '') {
      const [, name, value] = /^([A-Za-z_][\w-]*)=(.*)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new Error(`a runner would refuse the line ${line}`)
      read[name] = value
    }
  }
  return read
}

/** What a machine's environment brings along, less what the tests themselves are run with. */
const machine = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(AUTHDOUBLE_|GITHUB_|NODE_OPTIONS$|VITEST)/.test(name)),
)

/** A job on one machine: environment set by one use of the action is there in the next. */
export const job = async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'authdouble job-'))
  const environment: Record<string, string> = {}
  const file = async (name: string) => {
    const path = join(temporary, name)
    await writeFile(path, '')
    return path
  }

  const shell = async (script: string, env: Readonly<Record<string, string>>) => {
    const path = join(temporary, 'step.sh')
    await writeFile(path, script)
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', path], { env: { ...machine, ...env } })
    let log = ''
    child.stdout.on('data', (chunk) => (log += chunk))
    child.stderr.on('data', (chunk) => (log += chunk))
    // `exit` and not `close`: what a step leaves running may keep its pipes open.
    const code = await new Promise<number | null>((done, fail) => child.on('exit', done).on('error', fail))
    return { code, log }
  }

  /** `uses: authdouble` with these inputs. Ends at the first step that fails, as a job does. */
  const uses = async (given: Readonly<Record<string, string>>) => {
    const action = await readAction()
    const outputs: Record<string, Record<string, string>> = {}
    const context: Context = (path) => {
      const [root, name = '', , output = ''] = path.split('.')
      if (root === 'inputs') return given[name] ?? action.inputs[name]?.default ?? ''
      if (root === 'steps') return outputs[name]?.[output] ?? ''
      throw new Error(`the runner of this test knows no context ${root}`)
    }
    const summaryFile = await file('summary')
    const ran: string[] = []
    let log = ''
    let code: number | null = 0
    for (const step of action.runs.steps) {
      if (code !== 0 || !holds(step.if, context)) continue
      const [envFile, outputFile] = [await file('env'), await file('output')]
      const own = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(value, context)]))
      const result = await shell(evaluate(step.run, context), {
        ...environment,
        ...own,
        RUNNER_TEMP: temporary,
        GITHUB_ACTION_PATH: actionPath,
        GITHUB_ENV: envFile,
        GITHUB_OUTPUT: outputFile,
        GITHUB_STEP_SUMMARY: summaryFile,
      })
      ran.push(step.name)
      log += result.log
      code = result.code
      Object.assign(environment, readCommands(await readFile(envFile, 'utf8')))
      if (step.id) outputs[step.id] = readCommands(await readFile(outputFile, 'utf8'))
    }
    const results = Object.entries(action.outputs).map(([name, { value }]) => [name, evaluate(value, context)])
    return { code, log, ran, outputs: Object.fromEntries(results) as Record<string, string>, summary: await readFile(summaryFile, 'utf8') }
  }

  return { uses, environment, temporary, [Symbol.asyncDispose]: () => rm(temporary, { recursive: true, force: true }) }
}

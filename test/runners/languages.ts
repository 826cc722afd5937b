/** The other languages: what each needs of Debian, its file to copy, and how its tests are run. */

export interface Language {
  readonly name: string
  /** In fixtures/test-runners. */
  readonly folder: string
  /** What is copied into a project. */
  readonly file: string
  /** Debian's packages. */
  readonly apt: readonly string[]
  /** Succeeds where those are there. */
  readonly installed: string
  /** Runs the tests of the folder it is in, as a shell has it. */
  readonly tests: string
  /** The sample's file in a project, below its heading in docs/in-your-tests.md, with what stands before it there. */
  readonly sample: { readonly file: string; readonly before: string }
  /** Where files stand in the project of the sample: from test/runners/clients, or the copied file. */
  readonly beside: { readonly [to: string]: string }
}

const jars = ['jupiter-api', 'jupiter-engine', 'jupiter-params', 'platform-commons', 'platform-engine', 'platform-launcher']
const classPath = [
  ...[...jars, 'platform-console', 'platform-reporting'].map((name) => `/usr/share/java/junit-${name}.jar`),
  ...['apiguardian-api', 'opentest4j', 'opentest4j-reporting-events', 'opentest4j-reporting-schema', 'picocli'].map(
    (name) => `/usr/share/java/${name}.jar`,
  ),
].join(':')

export const languages: readonly Language[] = [
  {
    name: 'pytest',
    folder: 'pytest',
    file: 'conftest.py',
    apt: ['python3-pytest'],
    installed: '/usr/bin/python3 -m pytest --version',
    tests: '/usr/bin/python3 -B -m pytest -q -p no:cacheprovider',
    sample: { file: 'test_sample.py', before: '' },
    beside: { 'conftest.py': '', 'my_client.py': 'my_client.py' },
  },
  {
    name: 'Go',
    folder: 'go',
    file: 'authdouble.go',
    apt: ['golang-go'],
    installed: 'go version',
    tests: 'go vet ./... && go test -count=1 ./...',
    sample: {
      file: 'sample_test.go',
      before: 'package mine\n\nimport (\n\t"os"\n\t"testing"\n\n\t"example.com/mine/authdouble"\n)\n\n',
    },
    beside: { 'authdouble/authdouble.go': '', 'client.go': 'client.go', 'go.mod': 'go.mod' },
  },
  {
    name: 'RSpec',
    folder: 'rspec',
    file: 'authdouble.rb',
    apt: ['ruby-rspec'],
    installed: 'rspec --version',
    tests: 'rspec --pattern "*_spec.rb"',
    sample: { file: 'sample_spec.rb', before: "require_relative 'my_client'\n" },
    beside: { 'support/authdouble.rb': '', 'my_client.rb': 'my_client.rb' },
  },
  {
    name: 'JUnit 5',
    folder: 'junit5',
    file: 'Authdouble.java',
    apt: ['default-jdk-headless', 'junit5'],
    installed: 'javac -version && test -f /usr/share/java/junit-platform-console.jar',
    tests: `javac -Xlint:all,-path -Werror -d "$OUT" -cp ${classPath} *.java && java -cp "$OUT:${classPath}" org.junit.platform.console.ConsoleLauncher --disable-banner --details=summary --fail-if-no-tests --scan-classpath "$OUT"`,
    sample: {
      file: 'MyClientTest.java',
      before:
        'import static org.junit.jupiter.api.Assertions.assertEquals;\n\nimport org.junit.jupiter.api.Test;\nimport org.junit.jupiter.api.extension.RegisterExtension;\n\n',
    },
    beside: { 'Authdouble.java': '', 'MyClient.java': 'MyClient.java' },
  },
  {
    name: 'PHPUnit',
    folder: 'phpunit',
    file: 'UsesAuthdouble.php',
    apt: ['php-cli', 'phpunit'],
    installed: 'phpunit --version',
    tests: 'phpunit --do-not-cache-result .',
    sample: {
      file: 'MyClientTest.php',
      before: "<?php\n\nrequire_once __DIR__ . '/UsesAuthdouble.php';\nrequire_once __DIR__ . '/MyClient.php';\n\n",
    },
    beside: { 'UsesAuthdouble.php': '', 'MyClient.php': 'MyClient.php' },
  },
]

/** The generators that make a client of the document, each with the commands that do so in the folder of its program. */

/** What is installed for a generator beside its language: the packages of tools/. */
type Tools = 'npm' | 'pip'

export interface Client {
  /** The folder of its program. */
  name: string
  generator: string
  version: string
  /** The programs of the language, which must be on the PATH. */
  needs: string[]
  tools: Tools[]
  /** In the folder of the program, where the document is openapi.json. */
  generate: string
  compile: string
  run: string
  /** Whether the digits of a number beyond 2^53 and the six of a time come through the client as they are. */
  exactNumbers: boolean
  exactTimes: boolean
}

const typescript = {
  needs: [],
  tools: ['npm'] as Tools[],
  compile: 'tsc -p .',
  run: 'tsx main.ts',
  exactNumbers: false,
  exactTimes: true,
}

const go = {
  needs: ['go'],
  tools: [] as Tools[],
  compile: 'go build -o client .',
  run: './client',
  exactTimes: true,
}

const python = { needs: ['python3'], compile: 'mypy --follow-imports=silent main.py', run: 'python main.py' }

export const clients: Client[] = [
  {
    ...typescript,
    name: 'typescript-openapi-fetch',
    generator: 'openapi-typescript',
    version: '7.13.0',
    generate: 'openapi-typescript openapi.json -o generated/api.ts',
  },
  {
    ...typescript,
    name: 'typescript-hey-api',
    generator: '@hey-api/openapi-ts',
    version: '0.99.0',
    generate: 'openapi-ts -i openapi.json -o generated -c @hey-api/client-fetch',
  },
  {
    ...typescript,
    name: 'typescript-orval',
    generator: 'orval',
    version: '8.38.0',
    generate: 'orval --config orval.config.mjs',
  },
  {
    ...typescript,
    name: 'typescript-swagger-typescript-api',
    generator: 'swagger-typescript-api',
    version: '13.13.0',
    generate: 'swagger-typescript-api generate -p openapi.json -o generated -n client.ts',
  },
  {
    ...typescript,
    name: 'typescript-openapi-generator',
    generator: 'openapi-generator',
    version: '7.25.0',
    needs: ['java', 'python3'],
    tools: ['npm', 'pip'],
    generate: 'openapi-generator-cli generate -g typescript-fetch -i openapi.json -o generated',
    exactTimes: false,
  },
  {
    ...go,
    name: 'go-oapi-codegen',
    generator: 'oapi-codegen',
    version: '2.8.2',
    generate:
      'go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -generate types,client -package main -o client.gen.go openapi.json',
    exactNumbers: false,
  },
  {
    ...go,
    name: 'go-ogen',
    generator: 'ogen',
    version: '1.25.0',
    generate:
      'go run github.com/ogen-go/ogen/cmd/ogen@v1.25.0 --config ogen.yml --target generated --package generated --clean openapi.json',
    exactNumbers: true,
    exactTimes: false,
  },
  {
    ...go,
    name: 'go-openapi-generator',
    generator: 'openapi-generator',
    version: '7.25.0',
    needs: ['go', 'python3', 'java'],
    tools: ['pip'],
    generate:
      'openapi-generator-cli generate -g go -i openapi.json -o generated --package-name hyperfleet --additional-properties=disallowAdditionalPropertiesIfNotPresent=false,withGoMod=false',
    exactNumbers: false,
  },
  {
    ...python,
    name: 'python-openapi-python-client',
    generator: 'openapi-python-client',
    version: '0.29.1',
    tools: ['pip'],
    generate: 'openapi-python-client generate --path openapi.json --meta none --output-path generated',
    exactNumbers: true,
    exactTimes: true,
  },
  {
    ...python,
    name: 'python-openapi-generator',
    generator: 'openapi-generator',
    version: '7.25.0',
    needs: ['python3', 'java'],
    tools: ['pip'],
    generate:
      'openapi-generator-cli generate -g python -i openapi.json -o . --package-name hyperfleet --additional-properties=disallowAdditionalPropertiesIfNotPresent=false,generateSourceCodeOnly=true',
    exactNumbers: true,
    exactTimes: true,
  },
  {
    name: 'java-openapi-generator',
    generator: 'openapi-generator',
    version: '7.25.0',
    needs: ['java', 'mvn', 'python3'],
    tools: ['pip'],
    generate:
      'openapi-generator-cli generate -g java -i openapi.json -o . --library native --invoker-package hyperfleet --api-package hyperfleet.api --model-package hyperfleet.model --global-property=apis,models,supportingFiles,apiTests=false,modelTests=false',
    compile: 'mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=classpath',
    run: 'java -cp "target/classes:$(cat classpath)" Main',
    exactNumbers: true,
    exactTimes: true,
  },
  {
    name: 'rust-openapi-generator',
    generator: 'openapi-generator',
    version: '7.25.0',
    needs: ['cargo', 'java', 'python3'],
    tools: ['pip'],
    generate:
      'openapi-generator-cli generate -g rust -i openapi.json -o generated --additional-properties=packageName=hyperfleet,library=reqwest,supportAsync=false',
    compile: 'cargo build -q --locked',
    run: 'cargo run -q --locked',
    exactNumbers: true,
    exactTimes: true,
  },
]

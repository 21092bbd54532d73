import { ALL_SCOPES } from '@muster/contracts'
import type { Dialect, Method, Route } from '../dialects/route.ts'
import { type OperationObject, operationId, operationObject } from './operation-object.ts'
import { type JsonSchema, SchemaCatalogue } from './schema-catalogue.ts'

/** An OpenAPI 3.1 document: as much of its shape as its readers here look into. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, OperationObject>>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly securitySchemes: Readonly<Record<string, object>>
  }
}

const DESCRIPTION = `Bulk identity operations that never lose a row: a client uploads a file, gets an operation back at once, \
and is told row by row what happened. One surface a tag; all of them work on the same operations.`

/**
 * The description of everything that the dialects serve, made of the schemas that their routes read
 * and are tested by. Throws when two routes, or two schemas, go by one name.
 */
export function openApiDocument(dialects: readonly Dialect[], version: string): OpenApiDocument {
  const schemas = new SchemaCatalogue()
  const paths: Record<string, Partial<Record<Method, OperationObject>>> = {}
  const ids = new Set<string>()
  for (const dialect of dialects) {
    for (const route of dialect.routes) {
      const path = templateOf(dialect, route)
      const id = operationId(route.method, path)
      if (ids.has(id)) throw new Error(`two routes are called ${id}`)
      ids.add(id)
      paths[path] = { ...paths[path], [route.method]: operationObject(dialect, route, id, schemas) }
    }
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Muster', version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    tags: dialects.map(({ title, description }) => ({ name: title, description })),
    paths,
    components: { schemas: schemas.named, securitySchemes: SECURITY_SCHEMES },
  }
}

/** The route's path as OpenAPI writes it: `/v1/operations/{id}`. */
function templateOf({ basePath }: Dialect, { path }: Route): string {
  return basePath + path.replace(/:(\w+)/g, '{$1}')
}

const SECURITY_SCHEMES = {
  clientCredentials: {
    type: 'oauth2',
    description: 'A client of this installation signs in with its id and secret.',
    flows: {
      clientCredentials: {
        tokenUrl: '/oauth/token',
        scopes: Object.fromEntries(ALL_SCOPES.map((scope) => [scope, ''])),
      },
    },
  },
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of /oauth/token, or of the issuer that this installation trusts.',
  },
}

import { ALL_SCOPES } from '@muster/contracts'
import type { z } from 'zod'
import type { Content, Dialect, Method, Route, RouteDescription } from '../dialects/route.ts'
import type { JsonSchema, SchemaCatalogue } from './schema-catalogue.ts'

/** An operation of an OpenAPI document: as much of its shape as its readers here look into. */
export interface OperationObject {
  readonly operationId: string
  /** By status, or `default` for refusals. */
  readonly responses: Readonly<Record<string, ResponseObject>>
  readonly [field: string]: unknown
}

interface ResponseObject {
  readonly description: string
  readonly content?: MediaTypes
}

type MediaTypes = Readonly<Record<string, { readonly schema: JsonSchema }>>

/** Headers that OpenAPI tells in other places. */
const TOLD_ELSEWHERE: readonly string[] = ['accept', 'content-type', 'authorization']

/** A route as OpenAPI tells it. Its schemas go into the catalogue. */
export function operationObject(dialect: Dialect, route: Route, id: string, schemas: SchemaCatalogue): OperationObject {
  const { description } = route
  return {
    operationId: id,
    tags: [dialect.title],
    summary: description.summary,
    ...(description.details === undefined ? {} : { description: description.details }),
    parameters: [
      ...pathParameters(route.path),
      ...(description.query === undefined ? [] : parameters('query', description.query, schemas)),
      ...(description.headers === undefined ? [] : parameters('header', description.headers, schemas)),
    ],
    ...(description.body === undefined
      ? {}
      : { requestBody: { required: true, content: mediaTypes(description.body, (each) => schemas.input(each)) } }),
    responses: responses(dialect, description, schemas),
    security: route.permission === null ? [] : security(dialect, route.permission),
  }
}

/** Like `getV1OperationsById`. */
export function operationId(method: Method, path: string): string {
  const words = path.replaceAll('{', 'by-').match(/[A-Za-z0-9]+/g) ?? []
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}

function parameters(place: 'query' | 'header', described: z.ZodObject, schemas: SchemaCatalogue): object[] {
  const { properties = {}, required = [] } = schemas.input(described)
  return Object.entries(properties)
    .filter(([name]) => place === 'query' || !TOLD_ELSEWHERE.includes(name.toLowerCase()))
    .map(([name, property]) => {
      const { description, ...schema } = typeof property === 'boolean' ? {} : property
      const told = description === undefined ? {} : { description }
      return { name, in: place, required: required.includes(name), ...told, schema }
    })
}

function responses(
  { errors }: Dialect,
  { answers }: RouteDescription,
  schemas: SchemaCatalogue,
): Record<string, ResponseObject> {
  const output = (schema: z.ZodType) => schemas.output(schema)
  const told = Object.entries(answers).map(([status, { description, content }]): [string, ResponseObject] => [
    status,
    { description, ...(content === undefined ? {} : { content: mediaTypes(content, output) }) },
  ])
  const refusal = { description: 'It is refused, or it failed here.', content: mediaTypes(errors, output) }
  return { ...Object.fromEntries(told), default: refusal }
}

function mediaTypes(content: Content, schemaOf: (schema: z.ZodType) => JsonSchema): MediaTypes {
  const told = (each: Content[string]): JsonSchema => {
    if (each === 'text') return { type: 'string' }
    return each === 'binary' ? { type: 'string', format: 'binary' } : schemaOf(each)
  }
  return Object.fromEntries(Object.entries(content).map(([type, each]) => [type, { schema: told(each) }]))
}

/** Every scope that gives the permission by itself, from either kind of token. */
function security({ permits }: Dialect, permission: string): object[] {
  const scopes = ALL_SCOPES.filter((scope) => permits([scope], permission))
  return ['clientCredentials', 'accessToken'].flatMap((scheme) => scopes.map((scope) => ({ [scheme]: [scope] })))
}

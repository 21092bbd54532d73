import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { OpenApiDocument } from '../src/describe/openapi-document.ts'
import type { OperationObject } from '../src/describe/operation-object.ts'

/** Throws when an answer is not what the API's description says of it. */
export type CheckAnswer = (method: string, url: string, answer: Response) => Promise<void>

/**
 * Checks answers against the description, with every object closed: a field that is not described is
 * a mistake, too. Bodies that are no JSON are left unread, as some never end.
 */
export function answerCheck(document: OpenApiDocument): CheckAnswer {
  // Whether the document is right is for another test; asking each time would take longer than the checks.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
  formats.default(ajv)
  ajv.addSchema(closed(document) as object, 'api')
  const validators = new Map<string, ValidateFunction>()
  const validator = (pointer: string): ValidateFunction => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` })
    validators.set(pointer, known)
    return known
  }
  return async (method, url, answer) => {
    const where = described(document, method, new URL(url).pathname)
    const told = `${method} ${where?.path ?? new URL(url).pathname} answered ${answer.status}`
    const type = mediaType(answer)
    if (where === null) {
      if (answer.status < 400) throw new Error(`${told}, and the description has no such route`)
      return
    }
    const status = String(answer.status) in where.operation.responses ? String(answer.status) : 'default'
    if (status === 'default' && answer.status < 400) throw new Error(`${told}, which its description does not have`)
    if (method === 'HEAD') return
    const content = where.operation.responses[status]?.content ?? {}
    if (type === null ? Object.keys(content).length > 0 : !(type in content)) {
      throw new Error(`${told} with ${type}; its description has ${Object.keys(content).join(', ') || 'no body'}`)
    }
    if (type === null || !/[/+]json$/.test(type)) return
    const keys = ['paths', where.path, where.method, 'responses', status, 'content', type, 'schema']
    const validate = validator(keys.map((key) => `/${encodeURIComponent(escaped(key))}`).join(''))
    if (validate(await answer.clone().json())) return
    const mistakes = (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath || '/', message, JSON.stringify(params)].join(' '),
    )
    throw new Error(`${told} with what its description does not have:\n${mistakes.join('\n')}`)
  }
}

function mediaType(answer: Response): string | null {
  return answer.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? null
}

type Described = { readonly path: string; readonly method: string; readonly operation: OperationObject }

/** Where the document describes a request; null when it does not. */
function described({ paths }: OpenApiDocument, method: string, pathname: string): Described | null {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase()
  const fits = Object.keys(paths)
    .filter((path) => template(path).test(pathname))
    // A path without parameters goes before one that has them.
    .sort((one, other) => one.split('{').length - other.split('{').length)
  for (const path of fits) {
    const operation = Object.entries(paths[path] ?? {}).find(([key]) => key === wanted)?.[1]
    if (operation !== undefined) return { path, method: wanted, operation }
  }
  return null
}

function template(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]+')}/?$`)
}

/** RFC 6901 §3. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The same with every object that has properties, and leaves others open by saying nothing, closed. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([key, each]): [string, unknown] => [key, closed(each)]),
  )
  const opens = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy)
  return opens ? { ...copy, additionalProperties: false } : copy
}

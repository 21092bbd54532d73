import { z } from 'zod'

export type JsonSchema = z.core.JSONSchema.BaseSchema

/** JSON Schemas (draft 2020-12) of the API's zod schemas. Those with an id stand once, and others refer to them. */
export class SchemaCatalogue {
  readonly #named = new Map<string, JsonSchema>()

  /** What a client sends. */
  input(schema: z.ZodType): JsonSchema {
    return this.#add(z.toJSONSchema(schema, { io: 'input', override: ({ jsonSchema }) => shorten(jsonSchema) }))
  }

  /** What a client gets. It may get more one day, so that no object is closed. */
  output(schema: z.ZodType): JsonSchema {
    return this.#add(
      z.toJSONSchema(schema, {
        io: 'output',
        override: ({ jsonSchema }) => {
          shorten(jsonSchema)
          if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
        },
      }),
    )
  }

  /** Every schema with an id so far, by id. */
  get named(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#named].sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  /** Throws when two different schemas have one id. */
  #add(converted: z.core.JSONSchema.JSONSchema): JsonSchema {
    const { $schema: _, $defs = {}, ...schema } = withMovedReferences(converted)
    for (const [id, definition] of Object.entries($defs)) {
      const known = this.#named.get(id)
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
        throw new Error(`two different schemas are called ${id}`)
      }
      this.#named.set(id, definition)
    }
    return schema
  }
}

/** Formats say what zod's patterns for them repeat at length. */
const SAID_BY_FORMAT: ReadonlySet<unknown> = new Set(['date-time', 'uuid', 'email', 'uri'])

/** Leaves out what only repeats something, or says that a number is one that JavaScript counts exactly. */
function shorten(schema: JsonSchema): void {
  if (SAID_BY_FORMAT.has(schema.format)) delete schema.pattern
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
}

function withMovedReferences(schema: z.core.JSONSchema.JSONSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value,
  )
}

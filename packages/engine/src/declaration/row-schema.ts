import type { CellSchema, Column } from './columns.ts'
import type { RowOperation } from './operation.ts'

/**
 * A row as JSON Schema (draft 2020-12): one property a cell by its column's name, surrounding space
 * removed, and cells that are empty left out.
 */
export interface RowSchema {
  readonly $schema: 'https://json-schema.org/draft/2020-12/schema'
  readonly type: 'object'
  readonly properties: Readonly<Record<string, PropertySchema>>
  readonly required: readonly string[]
  /** False where the header may have no other columns. */
  readonly additionalProperties: PropertySchema | false
}

interface PropertySchema extends CellSchema {
  readonly type: 'string'
  readonly minLength: 1
  readonly examples?: readonly string[]
}

/** What can be told of an operation's rows before they are read; reading them may find more wrong. */
export function rowSchema(operation: RowOperation, options: unknown): RowSchema {
  const columns = operation.columns(options)
  const other = operation.otherColumn?.('')
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: Object.fromEntries(columns.map((column) => [column.name, property(column)])),
    required: columns.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: other === undefined ? false : property(other),
  }
}

function property({ schema, example, wantedBy }: Column): PropertySchema {
  const examples = example.filter((cell) => cell !== '')
  const description = schema.description ?? (wantedBy === null ? undefined : `For the factor config "${wantedBy}".`)
  return {
    type: 'string',
    minLength: 1,
    ...schema,
    ...(description !== undefined && { description }),
    ...(examples.length > 0 && { examples }),
  }
}

/** What a field of an enrollment holds. */
export const FIELD_TYPES = ['text', 'number', 'date', 'image', 'barcode'] as const

export type FieldType = (typeof FIELD_TYPES)[number]

/** A field of an enrollment design. */
export interface DesignField {
  /** Unique within the design, whatever its case. */
  readonly name: string
  readonly type: FieldType
  /** Every record must fill it. */
  readonly required: boolean
  /** No two records of the design may have the same value. */
  readonly unique: boolean
}

/** What a tenant issues: passes and cards with these fields. */
export interface EnrollmentDesign {
  readonly name: string
  /** A UUID; names the design in the ids of its records. */
  readonly workflowId: string
  readonly fields: readonly DesignField[]
}

/** The design that every tenant has from the start. */
export const FIRST_DESIGN = {
  name: 'Employee Badge',
  fields: [
    { name: 'FirstName', type: 'text', required: true, unique: false },
    { name: 'LastName', type: 'text', required: true, unique: false },
    { name: 'Email', type: 'text', required: false, unique: false },
    { name: 'EmployeeNumber', type: 'barcode', required: true, unique: true },
    { name: 'AccessLevel', type: 'number', required: false, unique: false },
    { name: 'ExpiryDate', type: 'date', required: false, unique: false },
    { name: 'Photo', type: 'image', required: false, unique: false },
  ],
} as const satisfies Omit<EnrollmentDesign, 'workflowId'>

/** The field that holds the address to send to, by its name; null when the design has none. */
export function emailField(fields: readonly DesignField[]): string | null {
  return fields.find(({ name, type }) => type === 'text' && /^e-?mail( ?address)?$/i.test(name))?.name ?? null
}

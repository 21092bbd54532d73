import { type DesignField, FIELD_TYPES } from '@muster/contracts'
import { createDesign, listDesigns, MOST_DESIGNS, type StoredDesign } from '@muster/database'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { Endpoint } from '../endpoint.ts'
import { json } from '../route.ts'
import { name, parseBody } from './request-body.ts'

const MOST_FIELDS = 100

/** Each of them may have a megabyte, in every record. */
const MOST_IMAGES = 5

/** What an address cannot say, or says already, where a design's name is a part of it. */
const RESERVED: readonly string[] = ['.', '..', 'enrollmentDesigns']

const FIELD = z.strictObject(
  {
    name,
    type: z.enum(FIELD_TYPES, `expected one of ${FIELD_TYPES.join(', ')}`),
    required: z.boolean('expected true or false').default(false).describe('Every record must fill it.'),
    unique: z
      .boolean('expected true or false')
      .default(false)
      .describe('No two records of the design have the same value; an image cannot be unique.'),
  },
  'expected an object with name and type',
)

const COUNT = `expected 1 to ${MOST_FIELDS} fields`

const DESIGN = z.strictObject(
  {
    name: name.refine(
      (each) => !RESERVED.includes(each),
      'this word means something else in addresses; choose another',
    ),
    fields: z
      .array(FIELD, 'expected an array of fields')
      .min(1, COUNT)
      .max(MOST_FIELDS, COUNT)
      .superRefine((fields, context) => {
        for (const { path, message } of mistakesBetween(fields)) context.addIssue({ code: 'custom', path, message })
      })
      .describe('In the order in which passes and cards show them. Names are unique whatever their case.'),
  },
  'expected an object with name and fields',
)

/** What is wrong with fields that are right by themselves. */
function mistakesBetween(fields: readonly DesignField[]): readonly { path: (string | number)[]; message: string }[] {
  const seen = new Set<string>()
  let images = 0
  return fields.flatMap((field, index) => {
    const mistakes = []
    const folded = field.name.toLowerCase()
    if (seen.has(folded)) mistakes.push({ path: [index, 'name'], message: 'another field has this name' })
    seen.add(folded)
    if (field.type !== 'image') return mistakes
    images += 1
    if (images > MOST_IMAGES)
      mistakes.push({ path: [index, 'type'], message: `expected at most ${MOST_IMAGES} images` })
    if (field.unique) mistakes.push({ path: [index, 'unique'], message: 'an image cannot be unique' })
    return mistakes
  })
}

const STORED = z
  .object({
    name: z.string(),
    workflowId: z.uuid().describe("In the ids of the design's enrollments."),
    fields: z.array(
      z.object({ name: z.string(), type: z.enum(FIELD_TYPES), required: z.boolean(), unique: z.boolean() }),
    ),
    emailField: z
      .string()
      .nullable()
      .describe('The text field called `Email`, to which mobile flash passes are sent; null when there is none.'),
  })
  .meta({ id: 'EnrollmentDesign' })

function designJson({ name, workflowId, fields, emailField }: StoredDesign): z.infer<typeof STORED> {
  return { name, workflowId, fields: [...fields], emailField }
}

/** `GET /v1/enrollment-designs`: all of the tenant's. */
export const listEnrollmentDesigns: Endpoint = {
  summary: 'List the enrollment designs by name',
  answers: {
    200: {
      description: 'All of them.',
      content: { 'application/json': z.object({ enrollmentDesigns: z.array(STORED) }) },
    },
  },
  async handler({ pool }, { caller }) {
    return json(200, { enrollmentDesigns: (await listDesigns(pool, caller.tenantId)).map(designJson) })
  },
}

/** `POST /v1/enrollment-designs`: `{ name, fields: [{ name, type, required?, unique? }] }`. */
export const createEnrollmentDesign: Endpoint = {
  summary: 'Create an enrollment design',
  details: `A design stays as it is made. There can be ${MOST_DESIGNS} of them.`,
  body: { 'application/json': DESIGN },
  answers: { 201: { description: 'The design.', content: { 'application/json': STORED } } },
  async handler({ pool }, request) {
    const design = parseBody(DESIGN, await request.json())
    const created = await createDesign(pool, request.caller.tenantId, design)
    switch (created.kind) {
      case 'created':
        return json(201, designJson(created.design))
      case 'taken':
        throw new Refusal('conflict', 'There is an enrollment design of this name already; choose another name.')
      case 'full':
        throw new Refusal('conflict', `There are ${MOST_DESIGNS} enrollment designs already, the most there can be.`)
    }
  },
}

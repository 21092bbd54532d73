import { z } from 'zod'

export const DUPLICATE = z.object({
  duplicate: z
    .literal('allow', 'expected allow')
    .optional()
    .describe('`allow`: also when the same data was sent for an operation of the same type and options before.'),
})

export function isDuplicateAllowed({ duplicate }: z.infer<typeof DUPLICATE>): boolean {
  return duplicate === 'allow'
}

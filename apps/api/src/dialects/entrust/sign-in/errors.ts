import { z } from 'zod'
import type { Refusal } from '../../../refusal.ts'
import { type Answer, json } from '../../route.ts'
import { TOLD } from '../errors.ts'

/** Of the sign-in. */
export const SIGN_IN_ERROR = z
  .object({
    errorCode: z.string().describe('A fixed word.'),
    errorMessage: z.string().describe('A sentence that says what to do next.'),
    parameters: z.array(z.string()).optional().describe('Members of the body that are meant.'),
  })
  .meta({ id: 'EntrustSignInError' })

/** A refusal as the sign-in tells it; its member `parameters` names members of the body, separated by spaces. */
export function signInRefusal(refusal: Refusal): Answer {
  const { status, code } = TOLD[refusal.kind]
  const { parameters } = refusal.members
  const named = typeof parameters === 'string' ? { parameters: parameters.split(' ') } : {}
  return json(status, { errorCode: code, errorMessage: refusal.message, ...named })
}

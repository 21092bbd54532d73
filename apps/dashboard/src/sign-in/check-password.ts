import {
  countSignInAttempt,
  findOperator,
  forgetSignInFailures,
  type LocalOperator,
  type Pool,
  recordAction,
  rehashOperatorPassword,
} from '@muster/database'
import { operatorName } from '../operators/operator-name.ts'
import { hashPassword, isPassword, isWeakHash } from '../operators/password.ts'

/** What became of a name and a password. */
export type Checked =
  | { readonly kind: 'right'; readonly operator: LocalOperator }
  | { readonly kind: 'wrong' }
  /** The name is locked for so many seconds, whatever the password. */
  | { readonly kind: 'locked'; readonly seconds: number }

/**
 * Whether they are those of an operator. The fifth wrong password in a row locks the name for 15 minutes. A name that
 * nobody has is told from a wrong password by nothing: not by the answer, nor the time it takes, nor the lock.
 */
export async function checkPassword(pool: Pool, given: { name: string; password: string }): Promise<Checked> {
  const name = operatorName(given.name)
  const seconds = await countSignInAttempt(pool, name ?? given.name)
  const operator = name === null ? null : await findOperator(pool, name)
  // The name of somebody who exists, and never what was typed: that may be a password.
  const refused = (status: number) =>
    recordAction(pool, { operator: operator?.name ?? null, action: 'sign-in', status })
  if (seconds !== null) {
    await refused(429)
    return { kind: 'locked', seconds }
  }
  const isRight = await isPassword(given.password, operator?.passwordHash ?? null)
  if (operator === null || !isRight) {
    await refused(401)
    return { kind: 'wrong' }
  }
  await forgetSignInFailures(pool, operator.name)
  if (isWeakHash(operator.passwordHash))
    await rehashOperatorPassword(pool, operator, await hashPassword(given.password))
  return { kind: 'right', operator }
}

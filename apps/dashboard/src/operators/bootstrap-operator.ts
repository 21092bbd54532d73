import { addOperator, findOperator, type Pool, setOperatorPassword, setOperatorRole } from '@muster/database'
import { operatorName } from './operator-name.ts'
import { hashPassword, isPassword, passwordProblem } from './password.ts'

/**
 * Makes the operator whom the settings name, or gives them that password and the role operator. A password that
 * changes ends the operator's sessions; one that is the same costs nothing. Any number of processes may do it at once.
 * Throws what is wrong with name or password.
 */
export async function bootstrapOperator(pool: Pool, given: { name: string; password: string }): Promise<void> {
  const name = operatorName(given.name)
  if (name === null) throw new Error('OPERATOR_NAME: expected 1 to 200 characters that can be printed')
  const problem = passwordProblem(given.password)
  if (problem !== null) throw new Error(`OPERATOR_PASSWORD: ${problem}`)
  const known = await findOperator(pool, name)
  if (known === null) {
    await addOperator(pool, { name, passwordHash: await hashPassword(given.password), role: 'operator' })
    return
  }
  if (!(await isPassword(given.password, known.passwordHash))) {
    await setOperatorPassword(pool, name, await hashPassword(given.password), known.passwordHash)
  }
  if (known.role !== 'operator') await setOperatorRole(pool, name, 'operator')
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Who may sign in. */
export interface Operator {
  readonly name: string
  readonly password: string
}

/** True for the operator's name and password. Takes the same time whatever is wrong, and however long it is. */
export function isOperator(operator: Operator, name: string, password: string): boolean {
  const key = randomBytes(32)
  const digest = (text: string) => createHmac('sha256', key).update(text).digest()
  const nameFits = timingSafeEqual(digest(operator.name), digest(name))
  const passwordFits = timingSafeEqual(digest(operator.password), digest(password))
  return nameFits && passwordFits
}

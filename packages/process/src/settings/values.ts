import { z } from 'zod'

/** A whole number within bounds. */
export function integer(min: number, max: number) {
  const message = `expected a whole number from ${min} to ${max}`
  return z
    .string(message)
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((n) => n >= min && n <= max, message)
    .meta({ values: `${quantity(min)} to ${quantity(max)}` })
}

/** A TCP port; 0 picks a free one. */
export const port = () => integer(0, 65_535)

/** A URL of one of these schemes, like `postgresql:`. */
export function url(...schemes: readonly string[]) {
  const message = `expected a URL that starts with ${schemes.join(' or ')}`
  return z.string(message).refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), message)
}

/** One of some words. */
export function oneOf<const W extends readonly [string, ...string[]]>(words: W) {
  const list = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return z.enum(words, `expected ${list}`).meta({ values: words.map((word) => `\`${word}\``).join(', ') })
}

/** `true` or `false`. */
export const flag = () =>
  oneOf(['true', 'false'])
    .transform((word) => word === 'true')
    .meta({ values: '`true`, `false`' })

/** Text of some length, in characters. */
export function text(least: number, most: number) {
  const message = least > 1 ? `expected at least ${least} characters` : 'expected a value'
  return z.string(message).min(least, message).max(most, `expected at most ${most} characters`)
}

const UNITS = ['', ' KiB', ' MiB', ' GiB', ' TiB'] as const

/** Powers of 1024 by their unit: they are bytes wherever they occur. */
export function quantity(n: number): string {
  const power = UNITS.findLastIndex((_, index) => index > 0 && n >= 1024 ** index && n % 1024 ** index === 0)
  return power < 1 ? n.toLocaleString('en') : `${n / 1024 ** power}${UNITS[power]}`
}

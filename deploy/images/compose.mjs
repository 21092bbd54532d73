// What docker-compose.yml gives a service whose user has set nothing.

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

const VARIABLE = /\$\{\w+(?::?-([^}]*))?\}/g

/** The service, with the defaults of the variables it names put in: into values, as compose does, not into the text. */
export function composeService(file, name) {
  const withDefaults = (_, value) =>
    typeof value === 'string' ? value.replaceAll(VARIABLE, (_, standard = '') => standard) : value
  return parse(readFileSync(file, 'utf8'), withDefaults, { merge: true }).services[name]
}

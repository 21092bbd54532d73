import { parse } from 'yaml'
import { text } from './workspace.ts'

/** What docker-compose.yml says of a service, as far as tests look at it. */
export interface Service {
  readonly image?: string
  readonly build?: { readonly target: string }
  readonly user?: string
  readonly entrypoint?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly networks?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[]; readonly interval: string; readonly timeout: string }
  readonly deploy?: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } }
  readonly [other: string]: unknown
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

/** docker-compose.yml; variables stand as they are written. */
export function compose(): Compose {
  return parse(text('docker-compose.yml'), { merge: true })
}

/** A service by its name. Throws when there is none. */
export function service(name: string): Service {
  const found = compose().services[name]
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`)
  return found
}

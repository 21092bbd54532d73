import { openAsBlob } from 'node:fs'
import { z } from 'zod'
import type { Form } from './upload.ts'

const ID = z.object({ id: z.string() })
const TOKEN = z.object({ access_token: z.string() })

/** Where the API is, and a token that allows everything. */
export interface Access {
  readonly api: string
  readonly token: string
}

export async function requestToken(api: string, clientId: string, clientSecret: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const answer = await fetch(`${api}/oauth/token`, { method: 'POST', body })
  return TOKEN.parse(await answer.json()).access_token
}

/** Posts a new operation with its file; answers its id. */
export async function postOperation(access: Access, { fields, path, fileName }: Form): Promise<string> {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  body.append('file', await openAsBlob(path), fileName)
  return idOf(await post(access, '/v1/operations', { body }))
}

/** Makes a factor config for smart cards; answers its id. */
export async function postCardsConfig(access: Access, name: string): Promise<string> {
  const body = JSON.stringify({ name, factorType: 'SmartCardAuthenticator' })
  return idOf(await post(access, '/v1/factor-configs', { body, headers: { 'Content-Type': 'application/json' } }))
}

function post({ api, token }: Access, path: string, { headers, ...init }: RequestInit): Promise<Response> {
  return fetch(`${api}${path}`, { ...init, method: 'POST', headers: { ...headers, Authorization: `Bearer ${token}` } })
}

async function idOf(answer: Response): Promise<string> {
  if (answer.ok) return ID.parse(await answer.json()).id
  throw new Error(`${new URL(answer.url).pathname} answered ${answer.status}: ${await answer.text()}`)
}

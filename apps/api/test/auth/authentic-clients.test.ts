import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthenticClients } from '../../src/auth/authentic-clients.ts'
import { Refusal } from '../../src/refusal.ts'
import { type ApiUnderTest, startApi } from '../api-under-test.ts'

const SECRET = 'the secret of a client'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  await api.saveClient({ id: 'client', scopes: ['GROUPS:VIEW'] }, SECRET)
})
afterAll(() => api.stop())

/** Outcomes of asking so often at once: how many were let in, how many were not, how many were told to come again. */
async function askAtOnce(clients: AuthenticClients, count: number, secretOf: (index: number) => string) {
  const asked = Array.from({ length: count }, (_, index) => clients.find('client', secretOf(index)))
  const answers = await Promise.allSettled(asked)
  const rejected = answers.filter((answer) => answer.status === 'rejected').map(({ reason }) => reason)
  expect(rejected.every((reason) => reason instanceof Refusal && reason.kind === 'too-many-requests')).toBe(true)
  const found = answers.filter((answer) => answer.status === 'fulfilled' && answer.value !== null).length
  return { found, wrong: count - found - rejected.length, refused: rejected.length }
}

describe('a client', () => {
  it('is found by its secret alone', async () => {
    const clients = new AuthenticClients(api.pool)
    expect(await clients.find('client', SECRET)).toMatchObject({ id: 'client', scopes: ['GROUPS:VIEW'] })
    expect(await clients.find('client', `${SECRET}x`)).toBeNull()
    expect(await clients.find('client', SECRET)).toMatchObject({ id: 'client' })
    expect(await clients.find('nobody', SECRET)).toBeNull()
    expect(await clients.find('no\0body', SECRET)).toBeNull()
  })

  it('that asks a thousand times at once has its secret hashed once', async () => {
    const clients = new AuthenticClients(api.pool)
    // Each hashing would take one of the few places to wait in, and most would be refused.
    expect(await askAtOnce(clients, 1_000, () => SECRET)).toEqual({ found: 1_000, wrong: 0, refused: 0 })
  })

  it('whose secret was right a moment ago does not wait for those who guess', async () => {
    const clients = new AuthenticClients(api.pool)
    expect(await clients.find('client', SECRET)).not.toBeNull()
    let over = false
    const guessing = askAtOnce(clients, 8, (index) => `guess ${index}`).finally(() => {
      over = true
    })
    // Were it hashed, each would wait for guesses that came before it.
    for (let asked = 0; asked < 8; asked++) expect(await clients.find('client', SECRET)).not.toBeNull()
    expect(over).toBe(false)
    expect(await guessing).toEqual({ found: 0, wrong: 8, refused: 0 })
  })

  it('is not found by a secret that was changed, however lately it was right', async () => {
    const clients = new AuthenticClients(api.pool)
    await api.saveClient({ id: 'changed', scopes: [] }, 'first')
    expect(await clients.find('changed', 'first')).toMatchObject({ scopes: [] })
    await api.saveClient({ id: 'changed', scopes: ['USERS:VIEW'] }, 'second')
    expect(await clients.find('changed', 'first')).toBeNull()
    expect(await clients.find('changed', 'second')).toMatchObject({ scopes: ['USERS:VIEW'] })
  })
})

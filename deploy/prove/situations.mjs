// What goes wrong, made to happen: each situation has the alert that must fire, what breaks, and what mends it.

import pg from 'pg'

const FAILING_ROWS = 3_000
const GOOD_ROWS = 9_000
const STUCK_ROWS = 500

/** In this order: every one leaves the stack whole. */
export function situations(stack) {
  let upload = null
  let lock = null
  return [
    {
      name: 'the worker is stopped',
      alert: 'MusterNoWorkers',
      break: () => stack.stopPart('worker'),
      mend: () => stack.startPart('worker'),
    },
    {
      name: 'Redis is stopped',
      alert: 'MusterRedisDown',
      break: () => stack.stopRedis(),
      mend: () => stack.startRedis(),
    },
    {
      name: 'many rows fail',
      alert: 'MusterManyRowsFail',
      break: async () => {
        upload = await uploader(stack.api)
        await upload(users('bad', FAILING_ROWS, (n) => `bad${n}.example.com`))
      },
      mend: () => upload(users('good', GOOD_ROWS, (n) => `good${n}@example.com`)),
    },
    {
      name: 'an operation is stuck behind a lock that somebody holds',
      alert: 'MusterNoProgress',
      break: async () => {
        lock = await lockUsers(stack.databaseUrl)
        await upload(users('stuck', STUCK_ROWS, (n) => `stuck${n}@example.com`))
      },
      mend: () => lock.end(),
    },
  ]
}

/** A CSV of new users. */
function users(prefix, count, email) {
  const lines = Array.from({ length: count }, (_, n) => `${prefix}${n},Ada,Lovelace,${email(n)}`)
  return ['userId,firstName,lastName,email', ...lines, ''].join('\n')
}

/** Signs in; what it answers uploads a CSV of users and resolves when the operation is accepted. */
async function uploader({ url, clientId, clientSecret }) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const { access_token } = await answered(await fetch(`${url}/oauth/token`, { method: 'POST', body }))
  return async (csv) => {
    const form = new FormData()
    form.append('type', 'IMPORT_USERS')
    form.append('file', new Blob([csv], { type: 'text/csv' }), 'users.csv')
    const headers = { Authorization: `Bearer ${access_token}` }
    await answered(await fetch(`${url}/v1/operations`, { method: 'POST', headers, body: form }))
  }
}

async function answered(answer) {
  if (answer.ok) return answer.json()
  throw new Error(`${new URL(answer.url).pathname} answered ${answer.status}: ${await answer.text()}`)
}

/** As somebody does who builds an index while users are imported. The lock goes with the connection. */
async function lockUsers(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'proof' })
  // The server may be stopped under it.
  client.on('error', () => {})
  await client.connect()
  await client.query('begin')
  await client.query('lock table users in share mode')
  return client
}

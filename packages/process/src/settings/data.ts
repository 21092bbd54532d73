import { z } from 'zod'
import { setting } from './setting.ts'
import { flag, oneOf, text, url } from './values.ts'

const FILE_STORE = 'expected file:///path/of/a/folder or s3://bucket, or s3://bucket/prefix'

const fileStoreUrl = () => z.string(FILE_STORE).refine(isFileStore, FILE_STORE)

function isFileStore(given: string): boolean {
  if (!URL.canParse(given)) return false
  const { protocol, hostname, pathname, username, password, port, search, hash } = new URL(given)
  if (protocol === 'file:') return true
  const isFolder = /^\/?$|^(\/[\w.-]+)+\/?$/.test(pathname) && !pathname.includes('..')
  const isPlain = username + password + port + search + hash === ''
  return protocol === 's3:' && hostname !== '' && isFolder && isPlain
}

/** Where data is. */
export const DATA = {
  DATA_DIR: setting(
    ['standalone'],
    z.string().default('.muster'),
    "Folder of the embedded servers, uploads, logs, credentials and `run.json`. Made when it is not there, for its owner's eyes only.",
  ),
  DATABASE_URL: setting(
    ['standalone', 'api', 'worker', 'dashboard', 'operators'],
    url('postgresql:', 'postgres:'),
    '`postgresql://user:password@host:5432/muster`. Muster is tested with PostgreSQL 18 and needs 15 or newer. Where it is given to `npm start`, no PostgreSQL is started.',
    { standsFor: 'embedded', isSecret: true },
  ),
  REDIS_URL: setting(
    ['standalone', 'api', 'worker', 'dashboard'],
    url('redis:', 'rediss:'),
    '`redis://:password@host:6379` or `rediss://…`. The server must have `maxmemory-policy noeviction`, and should have an append-only file. Where it is given to `npm start`, no Redis is started.',
    { standsFor: 'embedded', isSecret: true },
  ),
  FILE_STORE_URL: setting(
    ['standalone', 'api', 'worker'],
    fileStoreUrl(),
    '`file:///path/of/a/folder`, or `s3://bucket/prefix` for a store that speaks S3. The same for the API and all workers.',
    { standsFor: '`files` in `DATA_DIR`' },
  ),
} as const

/** How a store that speaks S3 is reached. */
export const S3 = {
  S3_ENDPOINT: setting(
    ['standalone', 'api', 'worker'],
    url('https:', 'http:').optional(),
    "The store's address; without it, Amazon's of the region.",
  ),
  S3_REGION: setting(['standalone', 'api', 'worker'], text(1, 64).default('us-east-1'), 'The region of the bucket.'),
  S3_ACCESS_KEY_ID: setting(
    ['standalone', 'api', 'worker'],
    text(1, 200).optional(),
    'The access key. Without it and its secret, credentials are looked for as the AWS SDK does: environment, shared files, the role of a container or instance.',
    { isSecret: true },
  ),
  S3_SECRET_ACCESS_KEY: setting(['standalone', 'api', 'worker'], text(1, 200).optional(), 'Its secret.', {
    isSecret: true,
  }),
  S3_SERVER_SIDE_ENCRYPTION: setting(
    ['standalone', 'api', 'worker'],
    oneOf(['AES256', 'aws:kms']).optional(),
    "How the store is asked to encrypt each file. Without it, the bucket's own rule holds.",
  ),
  S3_KMS_KEY_ID: setting(
    ['standalone', 'api', 'worker'],
    text(1, 2_048).optional(),
    "The key for `aws:kms`; without it, the account's own key for S3.",
  ),
  S3_FORCE_PATH_STYLE: setting(
    ['standalone', 'api', 'worker'],
    flag().optional(),
    'Whether the bucket stands in the path of a URL rather than in the name of its host. Without it: `true` where `S3_ENDPOINT` is given.',
  ),
} as const

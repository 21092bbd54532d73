import { type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3'
import { isFileKey } from '../file-key.ts'
import type { S3Settings } from './s3-settings.ts'

/** Waits of about 0.1, 0.2 and 0.4 s are between them. */
const ATTEMPTS = 4
const CONNECT_MS = 5_000
/** Without a byte in either direction; also of an answer's body. */
const IDLE_MS = 30_000
/** Each download, row reader and upload has one. */
const MAX_SOCKETS = 256

/** Where in which bucket a store's files are, and how to reach it. */
export interface Bucket {
  readonly client: S3Client
  readonly name: string
  /** What all keys begin with; empty, or it ends with `/`. */
  readonly prefix: string
  /** What is said of each object that is written. */
  readonly encryption: Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'>
}

/** The bucket of a URL like `s3://bucket/prefix`. Throws a RangeError for one that is not like this. */
export function openBucket(url: string, settings: S3Settings): Bucket {
  const { hostname, pathname, search, hash, username, password, port } = new URL(url)
  const folder = pathname.replace(/^\/|\/$/g, '')
  const isPlain = [search, hash, username, password, port].every((part) => part === '')
  if (!isPlain || hostname === '' || (folder !== '' && !isFileKey(folder))) {
    throw new RangeError('the file store is not like s3://bucket or s3://bucket/prefix')
  }
  return {
    client: openClient(settings),
    name: hostname,
    prefix: folder === '' ? '' : `${folder}/`,
    encryption: encryptionOf(settings),
  }
}

function openClient({ endpoint, region, accessKeyId, secretAccessKey, forcePathStyle }: S3Settings): S3Client {
  if ((accessKeyId === null) !== (secretAccessKey === null)) {
    throw new RangeError('S3 needs both an access key id and its secret, or neither')
  }
  const isGiven = accessKeyId !== null && secretAccessKey !== null
  return new S3Client({
    region,
    forcePathStyle,
    ...(endpoint === null ? {} : { endpoint }),
    ...(isGiven ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    // Bodies are signed with their SHA-256 as it is; the checksums beside it are refused by some servers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  })
}

function encryptionOf({ serverSideEncryption, kmsKeyId }: S3Settings): Bucket['encryption'] {
  if (serverSideEncryption === null) return {}
  const isOwnKey = serverSideEncryption === 'aws:kms' && kmsKeyId !== null
  return { ServerSideEncryption: serverSideEncryption, ...(isOwnKey ? { SSEKMSKeyId: kmsKeyId } : {}) }
}

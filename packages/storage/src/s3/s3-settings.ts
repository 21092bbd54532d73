/** How an S3 store is reached. */
export interface S3Settings {
  /** Where its API is, as `https://minio.example.org:9000`; null: Amazon's, of the region. */
  readonly endpoint: string | null
  readonly region: string
  /** Null, as the secret then: the AWS SDK looks for credentials where it does (environment, files, role of the machine). */
  readonly accessKeyId: string | null
  readonly secretAccessKey: string | null
  /** How the store is asked to encrypt what is written; null: as its bucket says. */
  readonly serverSideEncryption: 'AES256' | 'aws:kms' | null
  /** For `aws:kms`; null: the account's own key. */
  readonly kmsKeyId: string | null
  /** Whether the bucket's name is in the path rather than in the host's name. */
  readonly forcePathStyle: boolean
}

import type { SettingsOf } from './registry.ts'

/** The file store that the settings name, as `openFileStore` takes it. */
export function fileStoreSetting(settings: SettingsOf<'api'> | SettingsOf<'worker'>) {
  return {
    url: settings.FILE_STORE_URL,
    s3: {
      endpoint: settings.S3_ENDPOINT ?? null,
      region: settings.S3_REGION,
      accessKeyId: settings.S3_ACCESS_KEY_ID ?? null,
      secretAccessKey: settings.S3_SECRET_ACCESS_KEY ?? null,
      serverSideEncryption: settings.S3_SERVER_SIDE_ENCRYPTION ?? null,
      kmsKeyId: settings.S3_KMS_KEY_ID ?? null,
      forcePathStyle: settings.S3_FORCE_PATH_STYLE ?? settings.S3_ENDPOINT !== undefined,
    },
  }
}

export {
  type AuthorityOptions,
  type CertificateAuthority,
  type CertificateOptions,
  certificateAuthority,
  type KeyKind,
  type MadeCertificate,
  openssl,
  pivCertificate,
  pkcs12,
  selfSigned,
  YUBIKEY_ATTESTATION,
} from './certificates.ts'
export { type EngineHarness, engineHarness } from './engine-harness.ts'
export { enrollmentRecords } from './enrollment-records.ts'
export { inTime } from './in-time.ts'
export {
  type MailServer,
  type MailServerOptions,
  mailServer,
  type ReceivedMail,
  refusal,
} from './mail-server.ts'
export { type TestDatabase, testDatabase } from './test-database.ts'
export { testFolder } from './test-folder.ts'
export { type TestRedis, testRedis } from './test-redis.ts'
export { type ZipEntry, type ZipOptions, zip, zipExtra, zipUnicodePath } from './zip.ts'

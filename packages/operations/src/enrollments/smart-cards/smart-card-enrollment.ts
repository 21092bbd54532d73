import type { CertificateFilenamePattern, FactorConfig } from '@muster/contracts'
import { rowOperation } from '@muster/engine'
import { readCertificate } from './certificate.ts'
import { enrollStatement } from './enroll-statement.ts'
import { fileColumn } from './file-name.ts'
import { trustedIssuers } from './issuers.ts'

/** What a smart card enrollment is asked to do. The factor configs are kept as they were when it was asked. */
export interface SmartCardEnrollmentOptions {
  readonly factorConfigs: readonly FactorConfig[]
  /** False leaves a user who is enrolled in a factor already as it is. */
  readonly overwrite: boolean
  readonly pattern: CertificateFilenamePattern
}

/** Enrolls users by their certificates: each file of an archive is one, named for its user. */
export const smartCardEnrollment = rowOperation<SmartCardEnrollmentOptions>({
  type: 'SMART_CARD_ENROLLMENT',
  title: 'Smart card enrollment',
  permission: 'BULKENROLLMENTS:ADD',
  options: (stored) => stored as SmartCardEnrollmentOptions,
  columns: ({ pattern }) => [fileColumn(pattern)],
  otherColumn: null,
  key: 'file',
  content: {
    column: { name: 'certificate', type: 'jsonb' },
    reader({ factorConfigs }, at) {
      const trusted = factorConfigs.map(trustedIssuers)
      return (file) => {
        const read = readCertificate(file, { at, trusted })
        return 'fingerprint' in read ? JSON.stringify(read) : read
      }
    },
  },
  // Rows about different users may want the same certificate.
  isOrdered: true,
  isDeferred: false,
  apply: ({ factorConfigs, overwrite, pattern }) =>
    enrollStatement(
      factorConfigs.map(({ id }) => id),
      overwrite,
      pattern,
    ),
})

/** True when users can be enrolled in the factor by certificates. */
export function isEnrolledBySmartCard({ factorType }: FactorConfig): boolean {
  return factorType === 'SmartCardAuthenticator'
}

/** The options of an operation. Throws a RangeError when there is no config, or one that is not for smart cards. */
export function smartCardEnrollmentOptions(
  factorConfigs: readonly FactorConfig[],
  terms: Pick<SmartCardEnrollmentOptions, 'overwrite' | 'pattern'>,
): SmartCardEnrollmentOptions {
  if (factorConfigs.length === 0) throw new RangeError('at least one factor config is needed')
  const unfit = factorConfigs.find((config) => !isEnrolledBySmartCard(config))
  if (unfit !== undefined) throw new RangeError(`users cannot be enrolled by smart card in factor config ${unfit.id}`)
  return { factorConfigs, ...terms }
}

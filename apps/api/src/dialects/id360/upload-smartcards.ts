import { CERTIFICATE_FILENAME_PATTERNS } from '@muster/contracts'
import { smartCardEnrollmentOptions } from '@muster/operations'
import { z } from 'zod'
import { parseFilenamePattern } from '../../operations/enrollment-parameters.ts'
import { enrollmentUpload } from './enrollment-upload.ts'

/** `POST /protection/quick-enrollment/upload-smartcards`: makes a smart card enrollment of a ZIP of certificates. */
export const uploadSmartcards = enrollmentUpload({
  type: 'SMART_CARD_ENROLLMENT',
  summary: 'Enroll users by a ZIP of their certificates',
  file: 'The ZIP. Each file in it is a certificate, in DER or PEM, that is named for its user: `jdoe@acme.com.cer`.',
  fields: {
    certificate_filename_pattern: z
      .enum(CERTIFICATE_FILENAME_PATTERNS)
      .describe("What the names of the certificates' files say of their users."),
  },
  readFields: (valuesOf, mistakes) => parseFilenamePattern(valuesOf('certificate_filename_pattern'), mistakes),
  terms: (configs, overwrite, pattern) => ({ options: smartCardEnrollmentOptions(configs, { overwrite, pattern }) }),
})

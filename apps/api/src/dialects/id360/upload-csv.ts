import { ENCODINGS } from '@muster/contracts'
import { quickEnrollmentOptions } from '@muster/operations'
import { z } from 'zod'
import { parseFileEncoding } from '../../operations/enrollment-parameters.ts'
import { enrollmentUpload } from './enrollment-upload.ts'

/** `POST /protection/quick-enrollment/upload-csv`: makes a quick enrollment of a CSV. */
export const uploadCsv = enrollmentUpload({
  type: 'QUICK_ENROLLMENT',
  summary: 'Enroll users by a CSV',
  file: 'The CSV, its header as sample-csv has it.',
  fields: { file_encoding: z.enum(ENCODINGS).default('UTF-8') },
  readFields: (valuesOf, mistakes) => parseFileEncoding(valuesOf('file_encoding'), mistakes),
  terms: (configs, overwrite, encoding) => ({ options: quickEnrollmentOptions(configs, overwrite), encoding }),
})

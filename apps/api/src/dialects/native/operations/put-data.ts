import type { Encoding } from '@muster/contracts'
import type { DeclaredData } from '@muster/database'
import { OPERATIONS } from '@muster/operations'
import { csvCharset } from '@muster/text'
import { z } from 'zod'
import { forbidden } from '../../../auth/forbidden.ts'
import { receiveData } from '../../../operations/receive-data.ts'
import { parametersRefused, Refusal } from '../../../refusal.ts'
import { charsetEncoding } from '../../../upload/charset.ts'
import { mediaType } from '../../../upload/media-type.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { readQuery } from '../read-query.ts'
import { DUPLICATE, isDuplicateAllowed } from './duplicate-query.ts'
import { OPERATION, operationJson } from './operation-json.ts'
import { operationOf } from './operation-of.ts'

const HEADERS = z.object({
  'content-type': z
    .string()
    .describe('`text/csv`, with the `charset` that it is in; the encoding declared before, else UTF-8, unless given.'),
  'content-encoding': z.literal('gzip').optional().describe('When it is packed.'),
  'content-disposition': z.string().optional().describe('`attachment; filename="users.csv"`: what the file is called.'),
})

/** `PUT /v1/operations/{id}/data`: the body, as it is, becomes the data of an operation that awaits it. */
export const putData: Endpoint = {
  summary: "Send an operation's data",
  details:
    'When all of it has come, and its header is right, the operation is scheduled; one that was created with ' +
    '`start: false` awaits its start, and its data can be sent again until then. With 409 the bytes and the SHA-256 of ' +
    'the data that the operation has are told.',
  query: DUPLICATE,
  headers: HEADERS,
  body: { 'text/csv': 'binary' },
  answers: { 200: { description: 'The operation as it is then.', content: { 'application/json': OPERATION } } },
  async handler(services, request) {
    const allowsDuplicate = isDuplicateAllowed(readQuery(DUPLICATE, request.query))
    const operation = await operationOf(services, request)
    const { permission } = OPERATIONS[operation.type]
    if (!request.caller.scopes.includes(permission)) throw forbidden(permission)
    const received = await receiveData(services, {
      operation,
      by: request.caller.subject,
      encoding: encodingOf(request.header('content-type'), operation.declared),
      allowsDuplicate,
      receive: (key) => request.data(key),
    })
    return json(200, operationJson(services, received))
  },
}

/** The encoding of a body of this Content-Type. Throws a Refusal where it is no CSV, or not as it was declared. */
function encodingOf(contentType: string | null, declared: DeclaredData | null): Encoding {
  const media = mediaType(contentType)
  if (media?.essence !== 'text/csv') {
    throw new Refusal('unsupported-media-type', 'Send the data as text/csv, with its charset: text/csv; charset=UTF-8.')
  }
  const before = declared?.encoding ?? null
  if (media.charset === null) return before ?? 'UTF-8'
  const encoding = charsetEncoding(media.charset)
  const known = encoding ?? 'UTF-8'
  // One of the encodings goes by another's name in Content-Type headers.
  const isSame = before === null || before === known || csvCharset(before) === known
  const refused = parametersRefused([
    ...(encoding === null ? ['The charset of Content-Type is none of the encodings that data may have.'] : []),
    ...(encoding !== null && !isSame
      ? [
          `The charset of Content-Type means ${known}, and the operation was created for ${before}; send what was declared.`,
        ]
      : []),
  ])
  if (refused !== null) throw refused
  return before ?? known
}

import type { Encoding } from '@muster/contracts'
import type { DeclaredData, OperationRecord } from '@muster/database'
import { OPERATIONS } from '@muster/operations'
import { csvCharset } from '@muster/text'
import { z } from 'zod'
import { forbidden } from '../../../auth/forbidden.ts'
import { receiveData } from '../../../operations/receive-data.ts'
import { parametersRefused, Refusal } from '../../../refusal.ts'
import { charsetEncoding } from '../../../upload/charset.ts'
import { isZip, type MediaType, mediaType, ZIP_TYPES } from '../../../upload/media-type.ts'
import type { Endpoint } from '../../endpoint.ts'
import { json } from '../../route.ts'
import { readQuery } from '../read-query.ts'
import { DUPLICATE, isDuplicateAllowed } from './duplicate-query.ts'
import { OPERATION, operationJson } from './operation-json.ts'
import { operationOf } from './operation-of.ts'

const HEADERS = z.object({
  'content-type': z
    .string()
    .describe(
      '`text/csv`, with the `charset` that it is in; the encoding declared before, else UTF-8, unless given. Of a type ' +
        'whose data is a ZIP, `application/zip` or `application/x-zip-compressed`.',
    ),
  'content-encoding': z.literal('gzip').optional().describe('When it is packed.'),
  'content-disposition': z.string().optional().describe('`attachment; filename="users.csv"`: what the file is called.'),
})

/** `PUT /v1/operations/{id}/data`: the body, as it is, becomes the data of an operation that awaits it. */
export const putData: Endpoint = {
  summary: "Send an operation's data",
  details:
    'When all of it has come, and it is right as far as its header or, of a ZIP, its end tells, the operation is scheduled; one that was created with ' +
    '`start: false` awaits its start, and its data can be sent again until then. With 409 the bytes and the SHA-256 of ' +
    'the data that the operation has are told.',
  query: DUPLICATE,
  headers: HEADERS,
  body: { 'text/csv': 'binary', 'application/zip': 'binary', 'application/x-zip-compressed': 'binary' },
  answers: { 200: { description: 'The operation as it is then.', content: { 'application/json': OPERATION } } },
  async handler(services, request) {
    const allowsDuplicate = isDuplicateAllowed(readQuery(DUPLICATE, request.query))
    const operation = await operationOf(services, request)
    const { permission } = OPERATIONS[operation.type]
    if (!request.caller.scopes.includes(permission)) throw forbidden(permission)
    const layout = layoutOf(mediaType(request.header('content-type')), operation)
    const received = await receiveData(services, {
      ...layout,
      operation,
      by: request.caller.subject,
      allowsDuplicate,
      receive: (key) => request.data(key),
    })
    return json(200, operationJson(services, received))
  },
}

/** How a body of this type is read. Throws a Refusal where that is not what the operation takes, or not as it was declared. */
function layoutOf(media: MediaType | null, { type, declared }: OperationRecord): { readonly encoding?: Encoding } {
  if (OPERATIONS[type].content !== null) {
    if (isZip(media)) return {}
    throw new Refusal('unsupported-media-type', `Send the data as a ZIP: ${ZIP_TYPES.join(' or ')}.`)
  }
  if (media?.essence === 'text/csv') return { encoding: encodingOf(media, declared) }
  throw new Refusal('unsupported-media-type', 'Send the data as text/csv, with its charset: text/csv; charset=UTF-8.')
}

/** The encoding of a CSV of this type. Throws a Refusal where it is not as it was declared. */
function encodingOf(media: MediaType, declared: DeclaredData | null): Encoding {
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

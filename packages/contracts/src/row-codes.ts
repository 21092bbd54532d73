/** What a row's message may tell beside its code. Numbers and fixed words only, never a cell's value. */
export type RowParams = Readonly<Record<string, string | number>>

/**
 * The one catalogue of what can be wrong with a row. A message says what to do, names no value,
 * and is made when it is read, so that a failed row stores its code and parameters alone.
 */
const MESSAGES = {
  REQUIRED: () => 'This column must be filled.',
  TOO_LONG: (p) => `At most ${p['max']} characters fit here; shorten it.`,
  INVALID_EMAIL: () => 'Not an email address; write it like name@example.com.',
  INVALID_PHONE: () => 'Not a phone number in E.164; write it like +14155550123.',
  INVALID_VALUE: (p) => `Not a value this column takes; expected ${p['expected']}.`,
  INVALID_BYTES: (p) => `The row holds bytes that are not ${p['encoding']}; save the file in the encoding you declare.`,
  MALFORMED_ROW: (p) => `Not a well-formed CSV record: ${p['problem']}.`,
  DUPLICATE_KEY: (p) => `Row ${p['firstRow']} has the same key and was applied; keep one of the two.`,
  USER_EXISTS: () => 'A user with this id is already in the directory.',
  USER_NOT_FOUND: () => 'No such user in the directory; import the user first.',
  USER_AMBIGUOUS: () => 'Several users have this value, so it is unclear who is meant; make it unique first.',
  GROUP_NOT_FOUND: () => 'No group of this name exists; create it first, or correct the name.',
  NO_FACTOR: () => 'Every factor of this row is empty; fill the columns of at least one.',
  INVALID_FILE_NAME: (p) => `Not the name of a certificate; expected ${p['expected']}.`,
  NOT_A_CERTIFICATE: () => 'Not an X.509 certificate in DER or PEM; export the certificate again.',
  SEVERAL_CERTIFICATES: () =>
    "The file holds certificates of several holders; leave the user's, and at most the authorities above it.",
  PRIVATE_KEY: () =>
    'The file holds a private key, which is never taken; export the certificate alone, and replace a key that was meant to be secret.',
  CERTIFICATE_EXPIRED: () => "The certificate has expired; send the user's current one.",
  CERTIFICATE_NOT_YET_VALID: () => 'The certificate is not valid yet; send it when it is.',
  UNTRUSTED_ISSUER: (p) =>
    `None of the authorities that factor config ${p['factorConfig']} trusts stands behind this certificate; send one that they issued, or add the authority.`,
  CERTIFICATE_ENROLLED: () => 'Another user is enrolled with this certificate; send the one that is this user’s own.',
  CRC_MISMATCH: () => 'The file does not match its checksum, so that it was damaged; make the archive anew.',
  ENTRY_DAMAGED: () => 'The file cannot be unpacked; make the archive anew.',
  ENTRY_ENCRYPTED: () => 'The file is encrypted in the archive; make the archive without a password.',
  UNSUPPORTED_METHOD: (p) =>
    `The file is packed by method ${p['method']}; make the archive with Deflate or without packing.`,
  ENTRY_TOO_LARGE: (p) => `The file is larger than ${p['max']} bytes, the most that is taken; certificates are small.`,
  NESTED_ARCHIVE: () => 'The file is an archive itself; put the certificates into one archive.',
  SYMLINK: () => 'The entry is a link or a special file; put the certificate itself into the archive.',
  INVALID_ENROLLMENT_ID: () =>
    'Not the id of an enrollment: Base64 of JSON with workflowId and whereClause; take it from where the enrollment was made.',
  DESIGN_NOT_FOUND: () => 'No enrollment design has this workflow id; check where the id comes from.',
  ENROLLMENT_NOT_FOUND: () => 'No such enrollment; it may have been deleted.',
  NO_ADDRESS: () => 'The enrollment has no email address to send to; fill it in and run the row again.',
  PASS_NOT_FOUND: () => 'No pass was ever issued for this enrollment, so there is none to revoke.',
  MAIL_NOT_SET_UP: () => 'No mail server is set up; have the operator set SMTP_URL, and run the row again.',
  WALLET_NOT_SET_UP: () =>
    'No wallet is set up that the pass could go to; have the operator set one up, and run the row again.',
  MAIL_REFUSED: (p) => `The mail server refused the mail: ${p['reply']}. Correct the address, and run the row again.`,
  NOT_DELIVERED: (p) =>
    `It could not be delivered within ${p['hours']} hours; the last answer was: ${p['reply']}. Run the row again later.`,
  DELIVERY_UNCERTAIN: () =>
    'Whether it was delivered is not known: it was interrupted in the middle. Find out, and run the row again if it was not.',
  WALLET_NOT_TOLD: (p) =>
    `The pass is void here, but Google Wallet could not be told: ${p['reply']}. Run the row again later.`,
  CARD_NOT_PRINTABLE: (p) =>
    `The card cannot be printed: ${p['problem']}. Correct the enrollment, and run the row again.`,
  NOT_STORABLE: () =>
    'The database does not take this row, for a reason that the checks do not know; tell the operator its number.',
} as const satisfies Record<string, (params: RowParams) => string>

export type RowCode = keyof typeof MESSAGES

export const ROW_CODES = Object.keys(MESSAGES) as readonly RowCode[]

/** One thing wrong with one row. */
export interface RowMistake {
  readonly code: RowCode
  /** The header's name of the column, null when the mistake is the whole row's. */
  readonly column: string | null
  readonly params?: RowParams | undefined
}

/** The sentence for a mistake. */
export function rowMessage(mistake: { code: RowCode; params?: RowParams | null | undefined }): string {
  return MESSAGES[mistake.code](mistake.params ?? {})
}

/** Columns that a failed-rows file has after the original ones; an upload may bring them back, they are left out. */
export const FAILED_ROW_COLUMNS = ['_row', '_line', '_code', '_column', '_message'] as const

/** Columns that the failed-rows file of an archive has: its rows are files, which have no lines and no columns. */
export const FAILED_ENTRY_COLUMNS = ['file', '_row', '_code', '_message'] as const

import { setting } from './setting.ts'
import { integer } from './values.ts'

const KIB = 1024
const MIB = KIB * KIB
const GIB = KIB * MIB

/** Limits and tuning. */
export const LIMITS = {
  MAX_UPLOAD_BYTES: setting(
    ['standalone', 'api'],
    integer(1, KIB * GIB).default(5 * GIB),
    'Size of an uploaded file at most.',
  ),
  ARCHIVE_MAX_ENTRIES: setting(
    ['standalone', 'api', 'worker'],
    integer(1, 10_000_000).default(1_000_000),
    'Entries of an uploaded ZIP at most, folders among them. This and the four below are the same for the API, which looks at the end of an archive before it takes it, and all workers, which read it.',
  ),
  ARCHIVE_MAX_ENTRY_BYTES: setting(
    ['standalone', 'api', 'worker'],
    integer(KIB, 64 * MIB).default(MIB),
    'Size of a file in a ZIP at most, unpacked. One that is larger fails its row; what passes the other limits ends the whole operation.',
  ),
  ARCHIVE_MAX_UNPACKED_BYTES: setting(
    ['standalone', 'api', 'worker'],
    integer(1, KIB * GIB).default(4 * GIB),
    'Size of all files in a ZIP together at most, unpacked.',
  ),
  ARCHIVE_MAX_RATIO: setting(
    ['standalone', 'api', 'worker'],
    integer(1, 10_000).default(200),
    'How many times larger than packed a file of more than 1 MiB may be when unpacked.',
  ),
  ARCHIVE_MAX_DIRECTORY_BYTES: setting(
    ['standalone', 'api', 'worker'],
    integer(KIB, 4 * GIB).default(256 * MIB),
    'Size of the list of files at the end of a ZIP at most.',
  ),
  DUPLICATE_WINDOW_HOURS: setting(
    ['standalone', 'api'],
    integer(0, 8_760).default(0),
    'Hours in which the same file is refused for an operation of the same type and options; `0` for never.',
  ),
  WORKERS: setting(['standalone'], integer(1, 64).default(1), 'Worker processes.'),
  CHUNK_SIZE: setting(
    ['standalone', 'worker'],
    integer(1, 10_000).default(5_000),
    'Rows that are read and applied together, all lanes taken together.',
  ),
  LANES: setting(
    ['standalone', 'worker'],
    integer(1, 16).default(2),
    'Lanes of an operation, fixed when it is first claimed. Each has a connection while it commits.',
  ),
  CONCURRENCY: setting(
    ['standalone', 'worker'],
    integer(1, 16).default(2),
    'Operations that have their turn in one worker at the same time.',
  ),
  TURN_MS: setting(
    ['standalone', 'worker'],
    integer(100, 600_000).default(1_000),
    "Milliseconds that an operation's turn lasts at least while others wait.",
  ),
  TENANT_OPERATIONS_IN_FLIGHT: setting(
    ['standalone', 'api', 'worker'],
    integer(2, 100).default(4),
    'Operations of one tenant that have turns at the same time: its oldest, and the smallest of the others. The same for the API and all workers.',
  ),
  TENANT_QUEUED_OPERATIONS: setting(
    ['standalone', 'api'],
    integer(1, 1_000_000).default(1_000),
    'Operations of one tenant that may be AWAITING_DATA or SCHEDULED; beyond, uploads are answered 429.',
  ),
  TENANT_REQUESTS_PER_MINUTE: setting(
    ['standalone', 'api'],
    integer(0, 1_000_000).default(1_200),
    'Requests of one tenant a minute, all API processes together; `0` for no limit. Beyond, they are answered 429.',
  ),
} as const

/** How long things are kept. */
export const RETENTION = {
  AWAITING_DATA_HOURS: setting(
    ['standalone', 'worker'],
    integer(1, 8_760).default(24),
    'Hours after its creation that an operation may be AWAITING_DATA; then it is CANCELLED.',
  ),
  RETENTION_FILES_DAYS: setting(
    ['standalone', 'api', 'worker'],
    integer(1, 36_500).default(30),
    "Days after an operation's end that its files are kept. The same for the API and all workers.",
  ),
  RETENTION_RECORDS_DAYS: setting(
    ['standalone', 'api', 'worker'],
    integer(1, 36_500).default(90),
    "Days after an operation's end that its record and failed rows are kept, its files at the longest too. The same for the API and all workers.",
  ),
} as const

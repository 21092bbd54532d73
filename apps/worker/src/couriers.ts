import { cardStore, outbox, type Pool, passStore } from '@muster/database'
import type { DeliveryEngine, FileStore } from '@muster/engine'
import { smtpMailer } from '@muster/mail'
import { mailPasses, printCards, tellGoogle } from '@muster/operations'
import { pdfPrinter } from '@muster/printing'
import { mailPace } from '@muster/queue'
import { CLAIM_SECONDS, claimUrl, googleWalletService, newClaimToken } from '@muster/wallets'
import type { WorkerConfig } from './config.ts'

interface Couriers {
  readonly byType: DeliveryEngine['couriers']
  /** Waits for what is on its way. */
  close(): Promise<void>
}

/** What carries out the messages of each type, by the settings. */
export function openCouriers(config: WorkerConfig, { pool, files }: { pool: Pool; files: FileStore }): Couriers {
  const passes = passStore(pool)
  const mail = openMail(config)
  const { google, wallets } = config
  return {
    byType: {
      SEND_MFP: mailPasses({
        passes,
        mailer: mail?.mailer ?? null,
        // Without a mailer, messages fail at once.
        pace: mail?.pace ?? { take: async () => true },
        domain: mail?.domain ?? '',
        wallets,
        claims: {
          seconds: CLAIM_SECONDS,
          newToken: newClaimToken,
          url: (wallet, enrollmentId, token) => claimUrl(mail?.publicUrl ?? '', wallet, enrollmentId, token),
        },
      }),
      REVOKE_MFP: tellGoogle({ passes, service: google && googleWalletService(google) }),
      PRINT_ENROLLMENTS: printCards({
        printers: { pdf: pdfPrinter(files) },
        cards: cardStore(pool),
        outbox: outbox(pool),
      }),
    },
    close: async () => {
      await mail?.close()
    },
  }
}

/** Null where no mail server is set up. */
function openMail({ mail, REDIS_URL }: WorkerConfig) {
  if (mail === null) return null
  const pace = mailPace(REDIS_URL, mail.perSecond)
  const mailer = smtpMailer({ url: mail.smtpUrl, from: mail.from })
  return {
    mailer,
    pace,
    publicUrl: mail.publicUrl,
    domain: mail.from.address.slice(mail.from.address.lastIndexOf('@') + 1),
    close: () => Promise.all([pace.close(), mailer.close()]),
  }
}

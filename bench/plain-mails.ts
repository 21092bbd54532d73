import { createTransport } from 'nodemailer'

/** Mails at the same time, a connection each. */
const CONNECTIONS = 10

const LINK = 'http://127.0.0.1:8080/passes/0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'

/**
 * The seconds that the loop takes which one would write for addresses that are trusted: nodemailer sends them a mail
 * each over ten connections, and nothing is kept of it.
 */
export async function plainMailsSeconds(port: number, count: number): Promise<number> {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
  })
  const began = performance.now()
  let next = 0
  const sendOnes = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) await transport.sendMail(mail(n))
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, sendOnes))
  const seconds = (performance.now() - began) / 1_000
  transport.close()
  return seconds
}

/** About as much as Muster writes to the holder of a pass. */
function mail(n: number) {
  return {
    from: { name: 'Muster', address: 'badges@muster.example' },
    to: `holder-${n}@example.com`,
    subject: 'Your Employee Badge for your phone',
    text: `Hello,\n\nyour Employee Badge is ready.\n\nApple Wallet:\n${LINK}\n\nGoogle Wallet:\n${LINK}\n\nThe links are good for 7 days, and once each.\n`,
    html: `<p>Hello,</p><p>your Employee Badge is ready.</p><p><a href="${LINK}">Add to Apple Wallet</a></p><p><a href="${LINK}">Add to Google Wallet</a></p><p>The links are good for 7 days, and once each.</p>`,
  }
}

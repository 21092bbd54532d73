import { createTransport } from 'nodemailer'

/** Mails at the same time, a connection each. */
const CONNECTIONS = 10

/** As long as those to passes: the id of an enrollment, and a token. */
const LINK = `http://127.0.0.1:8080/wallet/apple/${'i'.repeat(140)}/${'t'.repeat(43)}`

const PARAGRAPHS = [
  'Hello,',
  'this is to tell you that the badge which you have asked for is there, and that you can take it to your phone now.',
  'Either of the two links that are in this mail does so, once; they are good for a week. Please keep them to yourself, and write to us when you need others, or when this mail should not have come to you.',
  'The people who issue badges',
]

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
    text: [...PARAGRAPHS, LINK, LINK].join('\n\n'),
    html: [...PARAGRAPHS, anchor('Apple Wallet'), anchor('Google Wallet')].map((each) => `<p>${each}</p>`).join('\n'),
  }
}

function anchor(wallet: string): string {
  return `<a href="${LINK}">Add to ${wallet}</a>`
}

import { findPass, type PassLink, takePkpass, takeSaveUrl } from '../../passes/claimed-pass.ts'
import { PKPASS, pkpassAnswer } from '../../passes/pkpass-answer.ts'
import { isWallet, WALLET_NAMES } from '../../passes/wallets.ts'
import { Refusal } from '../../refusal.ts'
import type { Services } from '../../services.ts'
import type { Answer, Dialect, PublicRequest, RouteDescription } from '../route.ts'
import { page } from './page.ts'

const PATH = '/:walletType/:enrollmentId/:claimToken'

const SHOW: RouteDescription = {
  summary: 'See which pass a link is for',
  details:
    'A page with a button. Whoever only looks, as programs do that check the links in mails, does not use it up.',
  answers: { 200: { description: 'The page.', content: { 'text/html': 'text' } } },
}

const TAKE: RouteDescription = {
  summary: 'Take a pass to a wallet',
  details: "What the page's button does. The link is used up.",
  answers: {
    200: { description: 'The signed pass, for Apple Wallet.', content: { [PKPASS]: 'binary' } },
    303: { description: 'For Google Wallet, the address there that saves the pass.' },
  },
}

/** The pages behind the links in mails: for anybody who has the link. */
export function walletDialect(services: Services): Dialect {
  return {
    title: 'Wallets',
    description: 'Where the links lead by which people take their passes to their wallets.',
    basePath: '/wallet',
    schemes: [],
    routes: [
      { method: 'get', path: PATH, permission: null, description: SHOW, handler: (request) => show(services, request) },
      {
        method: 'post',
        path: PATH,
        permission: null,
        description: TAKE,
        handler: (request) => take(services, request),
      },
    ],
    permits: () => false,
    refuse,
    errors: { 'text/html': 'text' },
  }
}

async function show(services: Services, request: PublicRequest): Promise<Answer> {
  const link = linkOf(request)
  const { design, organization } = (await findPass(services, link)).enrollment
  const wallet = WALLET_NAMES[link.wallet]
  return page(200, {
    title: `Add “${design}” to ${wallet}`,
    paragraphs: [
      `${organization} has issued a pass to you.`,
      'This link works once. Open it on the phone that is to have the pass, and do not pass it on.',
    ],
    button: `Add to ${wallet}`,
  })
}

async function take(services: Services, request: PublicRequest): Promise<Answer> {
  const link = linkOf(request)
  if (link.wallet === 'apple') return pkpassAnswer(await takePkpass(services, link))
  const saveUrl = await takeSaveUrl(services, link)
  return { status: 303, headers: { Location: saveUrl, 'Cache-Control': 'no-store' }, body: '' }
}

function linkOf({ params }: PublicRequest): PassLink {
  const { walletType = '', enrollmentId = '', claimToken = '' } = params
  if (!isWallet(walletType)) throw new Refusal('not-found', 'There is nothing at this address.')
  return { wallet: walletType, enrollmentId, token: claimToken, tenantId: null }
}

function refuse({ kind, status, title, message }: Refusal): Answer {
  if (kind !== 'not-found') return page(status, { title, paragraphs: [message], button: null })
  return page(status, {
    title: 'This link does not work any more',
    paragraphs: [
      'Perhaps it was used before, it is older than a week, or the pass was withdrawn.',
      'If you have taken the pass to your wallet already, there is nothing to do. Otherwise ask whoever issued it to send you a new link.',
    ],
    button: null,
  })
}

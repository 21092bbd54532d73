import type { EntrustRoute } from '../entrust-route.ts'
import { downloadGoogle, downloadPkpass } from './download-pass.ts'
import { downloadUri } from './download-uri.ts'

/** Passes on their way to wallets. */
export const WALLET_ROUTES: readonly EntrustRoute[] = [
  {
    method: 'get',
    path: '/v1/mobileFlashPass/downloadUri/:walletType/:enrollmentId',
    permission: 'ISSUANCE:VIEW',
    endpoint: downloadUri,
  },
  {
    method: 'get',
    path: '/v1/mobileFlashPass/downloads/apple/:enrollmentId/:claimToken',
    permission: 'ISSUANCE:VIEW',
    endpoint: downloadPkpass,
  },
  {
    method: 'get',
    path: '/v1/mobileFlashPass/downloads/google/:enrollmentId/:claimToken',
    permission: 'ISSUANCE:VIEW',
    endpoint: downloadGoogle,
  },
]

import type { Services } from '../../services.ts'
import type { Answer, PublicRequest, RouteDescription } from '../route.ts'

/** One of the endpoints that Apple's devices ask. */
export interface ApplePassEndpoint extends RouteDescription {
  handler(services: Services, request: PublicRequest): Promise<Answer>
}

import type { Services } from '../services.ts'
import type { Answer, ApiRequest, RouteDescription } from './route.ts'

/** What a route does, and what the API's description tells of it. */
export interface Endpoint extends RouteDescription {
  handler(services: Services, request: ApiRequest): Promise<Answer>
}

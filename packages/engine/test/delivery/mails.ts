import type { Carry, Courier, DeliveryResult } from '@muster/engine'
import { type EngineHarness, enrollmentRecords } from '@muster/testkit'

export const DELIVERED: DeliveryResult = { kind: 'delivered' }
export const REFUSED: DeliveryResult = {
  kind: 'failed',
  mistake: { code: 'MAIL_REFUSED', params: { reply: '550 no' } },
}

/** Carries messages as it is told, and keeps which, in the order they began. */
export function courier(carry: (row: number, tries: number) => Promise<DeliveryResult> | DeliveryResult) {
  const carried: number[] = []
  const readied: Courier = {
    ready: async (_, messages) =>
      new Map(
        messages.map(({ row, attempts }): [number, Carry] => [
          row,
          async () => {
            carried.push(row)
            return carry(row, attempts)
          },
        ]),
      ),
  }
  return { carried, couriers: { SEND_MFP: readied } }
}

/** An operation of so many mails whose rows are all read. */
export async function mails(harness: EngineHarness, count: number, policy = {}): Promise<string> {
  const people = Array.from({ length: count }, (_, i) => ({ FirstName: 'A', Email: `p${i}@example.com` }))
  const ids = await enrollmentRecords(harness.database, people)
  const operation = await harness.upload(`id\n${ids.join('\n')}\n`, { type: 'SEND_MFP', policy })
  while ((await harness.turn(operation)) === 'turn-over');
  return operation
}

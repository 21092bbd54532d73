import type { PrinterKind } from '@muster/contracts'
import type {
  Card,
  CardRefused,
  CardStore,
  Counts,
  Delivering,
  Outbox,
  PendingCard,
  Printer,
  Settlement,
  WholeCourier,
} from '@muster/engine'
import { printEnrollmentsOptions } from './print-enrollments.ts'

/** What printing stands on. */
export interface Printing {
  readonly printers: Readonly<Record<PrinterKind, Printer>>
  readonly cards: CardStore
  readonly outbox: Pick<Outbox, 'settleAll'>
}

const NOTHING: Counts = { succeeded: 0, unchanged: 0, failed: 0 }

/**
 * Prints the cards of an operation together, to `operations/<id>/result` where that makes a file. What was printed is
 * known to the operation once all of its messages are settled; before that, all of it is printed again.
 */
export function printCards({ printers, cards, outbox }: Printing): WholeCourier {
  return {
    async deliver(operation, signal) {
      if (operation.total === null) return null
      const pending = oneByOne(cards.pending(operation))
      try {
        const first = await pending.next()
        // All is settled already: what was printed then is not to be touched.
        if (first.done === true) return NOTHING
        const { printer, ...terms } = printEnrollmentsOptions(operation.options)
        const batch = new Batch(first.value, pending)
        const key = `operations/${operation.id}/result`
        const refused = await printers[printer.kind].print({ printer, ...terms }, batch.cards(), key, signal)
        signal.throwIfAborted()
        return await settle(outbox, operation, batch, refused, key)
      } finally {
        await pending.return(undefined)
      }
    },
  }
}

function settle(
  outbox: Pick<Outbox, 'settleAll'>,
  operation: Delivering,
  { gone, existing }: Batch,
  refused: readonly CardRefused[],
  key: string,
): Promise<Counts> {
  const failed = [
    ...gone.map((row): Settlement => ({ row, mistake: { code: 'ENROLLMENT_NOT_FOUND' } })),
    ...refused.map(
      ({ row, problem }): Settlement => ({ row, mistake: { code: 'CARD_NOT_PRINTABLE', params: { problem } } }),
    ),
  ]
  return outbox.settleAll(operation, failed, existing > refused.length ? key : null)
}

/** The cards that are left to print, once. */
class Batch {
  readonly #first: PendingCard
  readonly #rest: AsyncIterable<PendingCard>
  /** Rows whose enrollments are gone, so far. */
  readonly gone: number[] = []
  /** How many others there are, so far. */
  existing = 0

  constructor(first: PendingCard, rest: AsyncIterable<PendingCard>) {
    this.#first = first
    this.#rest = rest
  }

  async *cards(): AsyncGenerator<Card> {
    yield* this.#card(this.#first)
    for await (const pending of this.#rest) yield* this.#card(pending)
  }

  *#card({ row, enrollment }: PendingCard): Generator<Card> {
    if (enrollment === null) {
      this.gone.push(row)
    } else {
      this.existing++
      yield { row, enrollment }
    }
  }
}

async function* oneByOne<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T, undefined> {
  for await (const batch of batches) yield* batch
}

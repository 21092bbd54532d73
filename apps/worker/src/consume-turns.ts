import {
  type ConsumeOptions,
  type Consumer,
  consumeOperations,
  DELIVERIES_QUEUE,
  EXPRESS_QUEUE,
  OPERATIONS_QUEUE,
  type TurnHandler,
} from '@muster/queue'

/** Turns of small operations at the same time, beside those of the others. */
export const EXPRESS_TURNS = 1

/** Turns of operations whose messages are carried out, at the same time, beside those of rows. */
export const DELIVERY_TURNS = 2

/** Those that operations have their turns from. */
export const TURN_QUEUES = [OPERATIONS_QUEUE, EXPRESS_QUEUE, DELIVERIES_QUEUE] as const

interface TurnOptions extends Omit<ConsumeOptions, 'queue'> {
  /** Gives operations' messages their turns. */
  readonly deliver: TurnHandler
}

/**
 * Gives operations their turns, from the queue of all and from that of small ones which have had none yet, and their
 * messages theirs.
 */
export function consumeTurns({ deliver, ...options }: TurnOptions): Consumer {
  // A delivery's end makes room for nobody.
  const { onJobEnded: _, ...deliveries } = options
  const consumers = [
    consumeOperations(options),
    consumeOperations({ ...options, queue: EXPRESS_QUEUE, concurrency: EXPRESS_TURNS }),
    consumeOperations({ ...deliveries, queue: DELIVERIES_QUEUE, concurrency: DELIVERY_TURNS, handler: deliver }),
  ]
  return {
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()))
    },
  }
}

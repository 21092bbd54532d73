import { type ConsumeOptions, type Consumer, consumeOperations, EXPRESS_QUEUE } from '@muster/queue'

/** Turns of small operations at the same time, beside those of the others. */
export const EXPRESS_TURNS = 1

/** Gives operations their turns, from the queue of all and from that of small ones which have had none yet. */
export function consumeTurns(options: Omit<ConsumeOptions, 'queue'>): Consumer {
  const consumers = [
    consumeOperations(options),
    consumeOperations({ ...options, queue: EXPRESS_QUEUE, concurrency: EXPRESS_TURNS }),
  ]
  return {
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()))
    },
  }
}

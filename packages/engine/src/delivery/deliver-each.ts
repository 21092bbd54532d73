import { setTimeout as pause } from 'node:timers/promises'
import type { Delivering, Message, Postponement, Settlement } from '../ports/index.ts'
import { FailureLimit } from '../turn/failure-limit.ts'
import type { Turn, TurnEnd } from '../turn/turn.ts'
import type { Courier, DeliveryResult } from './courier.ts'
import type { DeliveryEngine } from './delivery-engine.ts'

/**
 * For that long a message is held at most: longer than any courier takes. One that is held longer belongs to a process
 * that died, or whose answer is of no use any more.
 */
const HOLD_SECONDS = 120

/** A message that was postponed again and again for that long fails. */
const GIVE_UP_HOURS = 24
const FIRST_PAUSE_SECONDS = 60
const LONGEST_PAUSE_SECONDS = 3_600

/** What was away is tried again after a second, then after twice as long each time, up to this. */
const LONGEST_OUTAGE_PAUSE_SECONDS = 60

/** While the database is away, what became of messages is kept for so long. */
const SETTLE_TRIES = 60
const SETTLE_PAUSE_MS = 1_000

interface Terms {
  readonly turn: Turn
  readonly courier: Courier
  /** Who holds the messages: this turn. */
  readonly holder: string
}

interface Finished {
  readonly message: Message
  readonly result: DeliveryResult
}

/** Carries out messages, `atOnce` of them at any time: each is marked before it is, and settled after. */
export async function deliverEach(operation: Delivering, terms: Terms, engine: DeliveryEngine): Promise<TurnEnd> {
  const flow = new Flow(operation, terms, engine)
  try {
    for (;;) {
      await flow.settle()
      await flow.take()
      if (flow.isEmpty) return await flow.end()
      await flow.next()
    }
  } finally {
    await flow.drain()
  }
}

class Flow {
  readonly #operation: Delivering
  readonly #terms: Terms
  readonly #engine: DeliveryEngine
  readonly #limit: FailureLimit
  readonly #carried = new Map<number, Promise<void>>()
  #finished: Finished[] = []
  #isDry = false
  /** What was said of what is away; null while nothing is. */
  #away: string | null = null
  #wasThere = false

  constructor(operation: Delivering, terms: Terms, engine: DeliveryEngine) {
    this.#operation = operation
    this.#terms = terms
    this.#engine = engine
    this.#limit = new FailureLimit(operation.policy, operation.counts)
  }

  get isEmpty(): boolean {
    return this.#carried.size === 0 && this.#finished.length === 0
  }

  /** Returns when one of the messages that are carried out is over. */
  async next(): Promise<void> {
    if (this.#finished.length === 0) await Promise.race(this.#carried.values())
  }

  /** Settles what is over. */
  async settle(): Promise<void> {
    const finished = [...this.#finished]
    if (finished.length === 0) return
    await this.#settle(finished)
    this.#finished = this.#finished.slice(finished.length)
  }

  /** Whatever was thrown, what became of messages that are out is not lost. */
  async drain(): Promise<void> {
    for (let tries = 0; !this.isEmpty; tries++) {
      await Promise.all(this.#carried.values())
      try {
        await this.settle()
      } catch (error) {
        if (tries === SETTLE_TRIES || this.#terms.turn.signal.aborted) throw error
        await pause(SETTLE_PAUSE_MS)
      }
    }
  }

  async #settle(finished: readonly Finished[]): Promise<void> {
    const { outbox, observer } = this.#engine
    const over = finished.flatMap((each) => settlementOf(each) ?? [])
    const settled = new Set(over.map(({ row }) => row))
    const again = finished.filter(({ message }) => !settled.has(message.row)).map(postponementOf)
    const counts = await outbox.settle(this.#operation, this.#terms.holder, over, again)
    this.#limit.add(counts)
    observer.settled(this.#operation.type, counts)
    if (this.#limit.passed !== null) await outbox.stop(this.#operation, this.#limit.passed)
  }

  /** Takes as many messages as there is room for, unless the turn is over or there is a reason to stop. */
  async take(): Promise<void> {
    // What has finished since it was settled last is still held.
    const room = this.#engine.atOnce - this.#carried.size - this.#finished.length
    if (room <= 0 || (await this.#isOver())) return
    const { outbox } = this.#engine
    const due = await outbox.due(this.#operation, room)
    this.#isDry = due.length < room
    if (due.length > 0) await this.#begin(due)
  }

  async #begin(due: readonly Message[]): Promise<void> {
    const { outbox } = this.#engine
    const { courier, holder } = this.#terms
    const admitted = due.slice(0, courier.admit === undefined ? due.length : await courier.admit(due.length))
    if (admitted.length < due.length) this.#isDry = false
    if (admitted.length === 0) return
    const carries = await courier.ready(this.#operation, admitted)
    const rows = admitted.map(({ row }) => row)
    const held = await outbox.hold(this.#operation, rows, holder, HOLD_SECONDS)
    // None: it was paused or withdrawn.
    if (held.size === 0) this.#isDry = true
    for (const message of admitted) {
      const carry = carries.get(message.row)
      if (carry === undefined) throw new Error('a message was not readied')
      if (held.has(message.row)) this.#carry(message, carry)
    }
  }

  #carry(message: Message, carry: () => Promise<DeliveryResult>): void {
    const started = performance.now()
    const carried = carry().then((result) => {
      this.#carried.delete(message.row)
      this.#finished.push({ message, result })
      if (result.kind === 'away') this.#away = result.reply
      else this.#wasThere = true
      this.#engine.observer.delivery(this.#operation.type, result.kind, (performance.now() - started) / 1000)
    })
    this.#carried.set(message.row, carried)
  }

  async #isOver(): Promise<boolean> {
    const { turn } = this.#terms
    if (this.#isDry || this.#away !== null || this.#limit.passed !== null || turn.signal.aborted) return true
    return turn.isOver()
  }

  /** To be called when all is settled. */
  async end(): Promise<TurnEnd> {
    const { outbox, observer } = this.#engine
    const { failures, id } = this.#operation
    if (this.#away !== null) {
      if (this.#wasThere && failures > 0) await outbox.resume(this.#operation)
      const seconds = Math.min(2 ** (this.#wasThere ? 0 : failures), LONGEST_OUTAGE_PAUSE_SECONDS)
      await outbox.suspend(this.#operation, seconds)
      observer.deliveryAway(id, seconds, this.#away)
      return 'ended'
    }
    if (this.#wasThere && failures > 0) await outbox.resume(this.#operation)
    return this.#isDry || this.#limit.passed !== null ? 'ended' : 'turn-over'
  }
}

/** Null when the message is to be tried again. */
function settlementOf({ message, result }: Finished): Settlement | null {
  const { row, createdAt } = message
  switch (result.kind) {
    case 'delivered':
      return { row, mistake: null }
    case 'failed':
      return { row, mistake: result.mistake }
    case 'away':
      return null
    case 'postponed': {
      if (Date.now() - createdAt.getTime() < GIVE_UP_HOURS * 3_600_000) return null
      return { row, mistake: { code: 'NOT_DELIVERED', params: { hours: GIVE_UP_HOURS, reply: result.reply } } }
    }
  }
}

function postponementOf({ message, result }: Finished): Postponement {
  const { row, attempts } = message
  // What is away is waited for by the operation as a whole.
  if (result.kind === 'away') return { row, seconds: 0 }
  return { row, seconds: Math.min(FIRST_PAUSE_SECONDS * 2 ** attempts, LONGEST_PAUSE_SECONDS) }
}

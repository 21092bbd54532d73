import { setTimeout as pause } from 'node:timers/promises'
import type { Delivering, Message } from '../ports/index.ts'
import { FailureLimit } from '../turn/failure-limit.ts'
import type { Turn, TurnEnd } from '../turn/turn.ts'
import type { Carry, Courier } from './courier.ts'
import type { DeliveryEngine } from './delivery-engine.ts'
import { type Finished, postponementOf, settlementOf } from './finished.ts'

/**
 * For that long a message is held at most: longer than any courier takes. One that is held longer belongs to a process
 * that died, or whose answer is of no use any more.
 */
const HOLD_SECONDS = 120

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

interface Readied {
  readonly message: Message
  readonly carry: Carry
}

/**
 * Carries out messages, `atOnce` of them at any time: each is held before it is, and settled after. While they are out,
 * the next ones are readied, of which nobody knows outside.
 */
export async function deliverEach(operation: Delivering, terms: Terms, engine: DeliveryEngine): Promise<TurnEnd> {
  const flow = new Flow(operation, terms, engine)
  try {
    for (;;) {
      await flow.settleAndBegin()
      flow.prepare()
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
  #preparing: Promise<void> | null = null
  #readied: Readied[] = []
  #finished: Finished[] = []
  #isDry = false
  #isOver = false
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
    return this.#isSettled && this.#readied.length === 0 && this.#preparing === null
  }

  get #isSettled(): boolean {
    return this.#carried.size === 0 && this.#finished.length === 0
  }

  /** No further message is to be taken. */
  get #isStopped(): boolean {
    const { signal } = this.#terms.turn
    return this.#isDry || this.#isOver || this.#away !== null || this.#limit.passed !== null || signal.aborted
  }

  /** Returns when there is something to do: a message that was out is over, or others are readied. */
  async next(): Promise<void> {
    const awaited = [...this.#carried.values(), ...(this.#preparing === null ? [] : [this.#preparing])]
    if (this.#finished.length === 0 && awaited.length > 0) await Promise.race(awaited)
  }

  /** Both at once; neither is left running, whichever fails. */
  async settleAndBegin(): Promise<void> {
    for (const each of await Promise.allSettled([this.settle(), this.#begin()])) {
      if (each.status === 'rejected') throw each.reason
    }
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
    for (let tries = 0; !this.#isSettled; tries++) {
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

  /** Readies as many messages as may be out at once, unless there are some, or no more are wanted. */
  prepare(): void {
    if (this.#isStopped || this.#preparing !== null || this.#readied.length > 0) return
    const preparing = this.#prepare().finally(() => {
      this.#preparing = null
    })
    // Whoever waits for it is told; this only keeps the process from dying of it before that.
    preparing.catch(() => undefined)
    this.#preparing = preparing
  }

  async #prepare(): Promise<void> {
    const { outbox, atOnce } = this.#engine
    const { courier, turn } = this.#terms
    this.#isOver = await turn.isOver()
    if (this.#isOver) return
    const due = await outbox.due(this.#operation, atOnce)
    const admitted = due.length === 0 || courier.admit === undefined ? due.length : await courier.admit(due.length)
    this.#isDry = due.length < atOnce && admitted === due.length
    const messages = due.slice(0, admitted)
    if (messages.length === 0) return
    const carries = await courier.ready(this.#operation, messages)
    this.#readied = messages.map((message) => {
      const carry = carries.get(message.row)
      if (carry === undefined) throw new Error('a message was not readied')
      return { message, carry }
    })
  }

  /** Carries out those that are readied, as many as there is room for. */
  async #begin(): Promise<void> {
    if (this.#away !== null || this.#limit.passed !== null || this.#terms.turn.signal.aborted) this.#readied = []
    // What has finished is still held until it is settled.
    const room = this.#engine.atOnce - this.#carried.size - this.#finished.length
    const begun = this.#readied.slice(0, Math.max(room, 0))
    if (begun.length === 0) return
    const rows = begun.map(({ message }) => message.row)
    const held = await this.#engine.outbox.hold(this.#operation, rows, this.#terms.holder, HOLD_SECONDS)
    this.#readied = this.#readied.slice(begun.length)
    // None: it was paused or withdrawn.
    if (held.size === 0) this.#isDry = true
    for (const { message, carry } of begun) {
      if (held.has(message.row)) this.#carry(message, carry)
    }
  }

  #carry(message: Message, carry: Carry): void {
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

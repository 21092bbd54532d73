import { Client } from 'pg'

/**
 * A class of clients that tell how many seconds each of their statements took, from its sending to its answer, which
 * may be an error.
 */
export function timedClient(onQuery: (seconds: number) => void): typeof Client {
  return class TimedClient extends Client {
    // One signature for all those of a query: what it is given goes on as it is.
    override query<R>(...args: unknown[]): R {
      const started = performance.now()
      const tell = () => onQuery((performance.now() - started) / 1_000)
      // The pool's own queries come with a callback, ours with a promise.
      const callback = args.at(-1)
      if (typeof callback === 'function') {
        const telling = (...answer: unknown[]) => {
          tell()
          Reflect.apply(callback, undefined, answer)
        }
        return Reflect.apply(super.query, this, [...args.slice(0, -1), telling]) as R
      }
      const result: unknown = Reflect.apply(super.query, this, args)
      if (result instanceof Promise) result.then(tell, tell)
      return result as R
    }
  }
}

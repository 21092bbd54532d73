/** Numbers from 0 (included) to 1 (not included), the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    // A linear congruential generator with the constants of Numerical Recipes: enough to choose moments by.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** `count` numbers of rows done, in order, one in each of as many equal stretches of the middle of the file. */
export function moments(seed: number, count: number, rows: number): number[] {
  const next = random(seed)
  const [from, to] = [rows * 0.03, rows * 0.9]
  const stretch = (to - from) / count
  return Array.from({ length: count }, (_, index) => Math.floor(from + (index + next()) * stretch))
}

/** `count` pauses of less than `longestMs`. */
export function pauses(seed: number, count: number, longestMs: number): number[] {
  const next = random(~seed)
  return Array.from({ length: count }, () => Math.floor(next() * longestMs))
}

/** The seed of `FAULTS_SEED`, else a new one. */
export function seed(): number {
  const given = process.env['FAULTS_SEED']
  return given === undefined ? Date.now() >>> 0 : Number(given)
}

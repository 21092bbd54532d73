/** The parts of an archive that its entries lie in: 16 bytes of memory an entry. */
export class Extents {
  readonly #starts: Float64Array
  readonly #ends: Float64Array
  #count = 0

  constructor(capacity: number) {
    this.#starts = new Float64Array(capacity)
    this.#ends = new Float64Array(capacity)
  }

  add(start: number, end: number): void {
    this.#starts[this.#count] = start
    this.#ends[this.#count] = end
    this.#count += 1
  }

  /**
   * Whether no two share a byte, and none reaches beyond `end`. Sorting starts and ends each by themselves is enough:
   * where two share a byte, one more has started there than the ends before it allow.
   */
  areApart(end: number): boolean {
    const starts = this.#starts.subarray(0, this.#count).sort()
    const ends = this.#ends.subarray(0, this.#count).sort()
    return ends.every((each, index) => each <= (starts[index + 1] ?? end))
  }
}

/** A JSON array of what comes in batches, in UTF-8. */
export async function* jsonArray<T>(
  batches: AsyncIterable<readonly T[]>,
  toJson: (each: T) => object,
): AsyncGenerator<Uint8Array, void> {
  let before = '['
  for await (const batch of batches) {
    if (batch.length === 0) continue
    yield Buffer.from(before + batch.map((each) => JSON.stringify(toJson(each))).join(',\n'))
    before = ',\n'
  }
  yield Buffer.from(before === '[' ? '[]' : ']')
}

/** The same batches, the first of them there already, so that what fails at once can still be told. */
export async function begun<T>(batches: AsyncGenerator<T, void>): Promise<AsyncGenerator<T, void>> {
  const first = await batches.next()
  return (async function* () {
    if (first.done) return
    yield first.value
    yield* batches
  })()
}

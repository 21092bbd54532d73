import { setImmediate as otherWork } from 'node:timers/promises'
import type { Card, CardRefused, FileStore, Printer } from '@muster/engine/ports'
import { CardDocument } from './card-document.ts'
import { cardFonts } from './fonts.ts'

/**
 * Prints into a PDF file in the file store, a page of CR80 size a card, which replaces what is there. It is the same,
 * byte for byte, whenever the same cards are printed for the same key. When no card can be printed there is no file.
 */
export function pdfPrinter(files: FileStore): Printer {
  const fonts = cardFonts()
  return {
    async print(_job, cards, resultKey, signal) {
      const refused: CardRefused[] = []
      const bytes = pages(new CardDocument(fonts, resultKey), cards, refused, signal)
      try {
        const first = await bytes.next()
        if (first.done === true) await files.remove(resultKey)
        else await files.write(resultKey, resumed(first.value, bytes))
      } finally {
        await bytes.return(undefined)
      }
      return refused
    },
  }
}

/** The file, piece by piece; nothing when it has no page. */
async function* pages(
  document: CardDocument,
  cards: AsyncIterable<Card>,
  refused: CardRefused[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, undefined> {
  signal.throwIfAborted()
  for await (const { row, enrollment } of cards) {
    // A card takes some milliseconds, and a batch of them comes at once.
    await otherWork()
    signal.throwIfAborted()
    const problem = document.add(enrollment)
    if (problem !== null) refused.push({ row, problem: problem.phrase })
    else yield* taken(document)
  }
  if (document.isEmpty) return
  document.end()
  yield* taken(document)
}

function* taken(document: CardDocument): Generator<Uint8Array> {
  for (let bytes = document.take(); bytes !== null; bytes = document.take()) yield bytes
}

async function* resumed(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

/** Why a card cannot be printed: a phrase for `CardRefused`. */
export class Problem {
  readonly phrase: string
  constructor(phrase: string) {
    this.phrase = phrase
  }
}

/** Fields of the API's JSON answers; a test reads those that its answer has. */
export interface Told {
  readonly id: string
  readonly number: number
  readonly type: string
  readonly detail: string
  readonly causes: readonly { readonly title: string; readonly detail: string }[]
  readonly access_token: string
  readonly scope: string
  readonly keys: readonly object[]
  readonly factorConfigs: readonly { readonly id: string; readonly name: string }[]
  readonly groups: readonly { readonly name: string }[]
  readonly printers: readonly { readonly name: string }[]
  readonly next: string | null
}

/** An answer's JSON. */
export async function read(answer: Response): Promise<Told> {
  return (await answer.json()) as Told
}

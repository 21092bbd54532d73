/** Points of a millimetre: 72 to the inch. */
export const MM = 72 / 25.4

/** A card of size CR80, which is ID-1 of ISO/IEC 7810, in points. */
export const CARD_WIDTH = 85.6 * MM
export const CARD_HEIGHT = 53.98 * MM

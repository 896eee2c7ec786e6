/**
 * A part of a text under way. `raw` is what is finished of it, `inline` what is being added; `breaks` are the line breaks
 * that are due before more is added, `leading` those that are due before all of it.
 */
export type Block = { raw: string; inline: string; hasWords: boolean; isSpaced: boolean; breaks: number; leading: number }

/** What HTML takes for space. */
export const space = /[ \t\r\n\f\u200b]+/g
const unevenSpace = /[\t\r\n\f\u200b]| {2}/

/** A block that holds nothing yet, and is to stand after so many line breaks. */
export const opened = (leading: number): Block => ({ raw: '', inline: '', hasWords: false, isSpaced: false, breaks: 0, leading })

/** Adds text as a browser shows it: white space is one space at most, and none at the ends of a line. */
export const addWords = (block: Block, text: string) => {
  const even = unevenSpace.test(text) ? text.replace(space, ' ') : text
  const [begins, ends] = [even.startsWith(' '), even.endsWith(' ')]
  const words = even.slice(begins ? 1 : 0, ends && even.length > 1 ? -1 : undefined)
  if (words === '') {
    if (block.breaks === 0 && text !== '') block.isSpaced = true
    return
  }
  if (block.breaks > 0) {
    block.inline += '\n'.repeat(block.breaks)
    block.breaks = 0
    block.hasWords = false
  }
  block.inline += block.hasWords && (begins || block.isSpaced) ? ` ${words}` : words
  block.hasWords = true
  block.isSpaced = ends
}

/** Adds a finished block, with so many line breaks at least before it and after it. */
export const addBlock = (parent: Block, text: string, leading: number, trailing: number) => {
  const before = parent.raw + parent.inline
  const breaks = Math.max(parent.breaks, leading)
  if (before === '') parent.leading = breaks
  Object.assign(parent, { raw: before === '' ? text : before + '\n'.repeat(breaks) + text, inline: '', hasWords: false, breaks: trailing })
}

/** Begins a new line. */
export const addLineBreak = (block: Block) => {
  block.inline += '\n'
  block.hasWords = false
}

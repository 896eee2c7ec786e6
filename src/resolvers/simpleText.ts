import { addBlock, addLineBreak, addWords, opened, space } from './block.ts'
import type { Block } from './block.ts'
import { decoded } from './references.ts'

type Kind = 'flow' | 'inline' | 'items' | 'rows' | 'cells'
type Tag = { readonly holds: Kind; readonly goesInto: Kind; readonly breaks?: number }
type Step = { readonly name: string; readonly isEnd: boolean }

// What each element holds, where it may stand, and the line breaks around it.
const tags: Readonly<Record<string, Tag>> = {
  div: { holds: 'flow', goesInto: 'flow', breaks: 1 },
  p: { holds: 'inline', goesInto: 'flow', breaks: 2 },
  ul: { holds: 'items', goesInto: 'flow', breaks: 2 },
  li: { holds: 'inline', goesInto: 'items', breaks: 1 },
  table: { holds: 'rows', goesInto: 'flow', breaks: 2 },
  tr: { holds: 'cells', goesInto: 'rows' },
  td: { holds: 'inline', goesInto: 'cells' },
  ...Object.fromEntries(['b', 'em', 'i', 'span', 'strong', 'u'].map((name) => [name, { holds: 'inline', goesInto: 'inline' } as const]))
}
const steps: ReadonlyMap<string, Step> = new Map<string, Step>([
  ...Object.keys(tags).flatMap((name) => [[`<${name}>`, { name, isEnd: false }], [`</${name}>`, { name, isEnd: true }]] satisfies [string, Step][]),
  ...['<br>', '<br/>', '<br />'].map((spelled): [string, Step] => [spelled, { name: 'br', isEnd: false }])
])
const withAttributes = /^(<(?:b|div|em|i|li|p|span|strong|table|td|tr|u|ul))(?: [a-z]+="[^"<>&]*")+>$/
// A link is shown behind its words, but for one that sanitising takes away.
const link = /<a href="([^"<>&]*)"(?: [a-z]+="[^"<>&]*")*>([^<]*)<\/a>/y
const shownTarget = /^https?:\/\/[\w.~/?=%-]+$/
const droppedTarget = /^javascript:/
const leftOut = /<script>[^<]*<\/script>|<img(?: [a-z]+="[^"<>&]*")*(?: ?\/)?>/y

const longest = 100_000
const deepest = 50
// eslint-disable-next-line no-control-regex -- parsers have their own ways with those
const unusual = /[\0-\u0008\u000b\u000e-\u001f\u007f-\u009f]/
const onlySpace = /^[ \t\r\n\f]*$/

const close = (block: Block, name: string, parent: Block) => {
  const text = block.raw + block.inline
  const trailing = tags[name]?.breaks ?? 0
  if (name === 'li') addBlock(parent, `• ${text.replaceAll('\n', '\n  ')}`, block.leading, Math.max(block.breaks, trailing))
  else if (name !== 'ul') addBlock(parent, text, block.leading, Math.max(block.breaks, trailing))
  else if (text !== '') addBlock(parent, text, block.leading, trailing)
}

const at = (pattern: RegExp, html: string, place: number): RegExpExecArray | null => {
  pattern.lastIndex = place
  return pattern.exec(html)
}

/** Adds the words of a link, and where it leads; false where another way has to judge. */
const addLink = (block: Block, target: string, text: string): boolean => {
  const words = decoded(text)
  const joined = words?.replace(space, '')
  if (words === undefined || joined === '' || joined === target) return false
  if (!shownTarget.test(target)) {
    if (droppedTarget.test(target)) addWords(block, words)
    return droppedTarget.test(target)
  }
  addWords(block, words)
  addWords(block, ` (${target})`)
  return true
}

/** Adds the link or leaves out the script or image that begins at `place`: the place after it, or undefined where there is none that is simple. */
const pass = (block: Block, html: string, place: number): number | undefined => {
  const [skipped] = at(leftOut, html, place) ?? []
  if (skipped !== undefined) return place + skipped.length
  const [whole = '', target = '', text = ''] = at(link, html, place) ?? []
  return whole !== '' && addLink(block, target, text) ? place + whole.length : undefined
}

const stepAt = (spelled: string): Step | undefined => steps.get(spelled) ?? steps.get(`${withAttributes.exec(spelled)?.[1] ?? ''}>`)

/**
 * The plain text of simple HTML, such as most texts are: well-formed paragraphs, flat lists, links and marked words, and
 * nothing a parser could read in two ways; undefined of anything else. It gives what sanitising and converting give
 * (test/html.test.ts), in a twentieth of the time. What it makes is text, and never to be shown as HTML.
 */
export const simpleText = (html: string): string | undefined => {
  if (html.length > longest || unusual.test(html)) return undefined
  const names: string[] = []
  const blocks = [opened(1)]
  let holds: Kind = 'flow'
  let place = 0
  for (;;) {
    const block = blocks[blocks.length - 1]
    const next = html.indexOf('<', place)
    const text = html.slice(place, next === -1 ? undefined : next)
    const holdsWords = holds === 'flow' || holds === 'inline'
    if (!holdsWords && !onlySpace.test(text)) return undefined
    if (text !== '' && holds !== 'items') {
      const words = decoded(text)
      if (words === undefined || !block) return undefined
      addWords(block, words)
    }
    if (next === -1) return names.length === 0 && block ? block.raw + block.inline : undefined

    if (!block) return undefined
    place = html.indexOf('>', next) + 1
    const step = place === 0 ? undefined : stepAt(html.slice(next, place))
    if (!step) {
      const passed = holdsWords ? pass(block, html, next) : undefined
      if (passed === undefined) return undefined
      place = passed
      continue
    }
    const { name, isEnd } = step
    if (name === 'br') {
      if (!holdsWords) return undefined
      addLineBreak(block)
      continue
    }
    const tag = tags[name]
    if (!tag) return undefined
    if (!isEnd) {
      if (tag.goesInto !== holds && !(tag.goesInto === 'inline' && holds === 'flow')) return undefined
      if (names.push(name) > deepest) return undefined
      if (tag.breaks !== undefined) blocks.push(opened(tag.breaks))
    } else {
      if (names.pop() !== name) return undefined
      if (tag.breaks !== undefined) {
        blocks.pop()
        const parent = blocks[blocks.length - 1]
        if (!parent) return undefined
        close(block, name, parent)
      }
    }
    const top = names[names.length - 1]
    holds = top === undefined ? 'flow' : tags[top]?.holds ?? 'flow'
  }
}

import fc from 'fast-check'
import t from 'tap'
import { createFormatters } from '../../src/resolvers/html.ts'

const formatters = createFormatters(() => new Map<string, string>())

const texts: readonly (readonly [html: string, text: string])[] = [
  ['Je taken:<br/>\n\u0095 bellen &amp; mailen', 'Je taken:\n• bellen & mailen'],
  ['<p>een</p><p>twee</p>', 'een\n\ntwee'],
  ['<ul><li>een</li><li>twee <b>drie</b></li></ul>', '• een\n• twee drie'],
  ['<a href="https://proef.invalid/a">lees meer</a>', 'lees meer (https://proef.invalid/a)'],
  ['<a href="https://proef.invalid">https://proef.invalid</a>', 'https://proef.invalid'],
  ['<a href="javascript:alert(1)">klik</a>', 'klik'],
  ['voor<script>alert(1)</script>na', 'voorna'],
  ['<h2>Titel</h2>tekst', 'Titel\n\ntekst'],
  ['5 &lt; 6 &euro; &#8211; &hellip;', '5 < 6 € – …'],
  ['<p>niet gesloten<p>nog een', 'niet gesloten\n\nnog een'],
  ['\u0080 \u0093wat\u0094 \u0081', '€ “wat”']
]

void t.test('HTML is converted to the text that a reader sees', async (t) => {
  for (const [html, text] of texts) t.equal(formatters.TEKST(html), text, JSON.stringify(html))
})

const markup = fc.constantFrom(
  '<script>alert(1)</script>',
  '<script src="x">',
  '</script>',
  '<style>*{}</style>',
  '<svg onload=alert(1)>',
  '<math><mi//xlink:href="data:x,1">',
  '<iframe src="//x">',
  '<img src=x onerror=alert(1)>',
  '<p onclick="alert(1)">',
  '<p style="color:red">',
  '<a href="javascript:alert(1)">',
  '<a href="JaVaScRiPt:alert(1)">',
  '<a href="java\nscript:alert(1)">',
  '<a href="data:text/html,x">',
  '<a href="//proef.invalid">',
  '<a href="https://proef.invalid" target="_blank">',
  '</a>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '<textarea>',
  '<title>',
  '<noscript>',
  '<template>',
  '<plaintext>',
  '<xmp>',
  '<p',
  '</p',
  '<p class="a>b">',
  "<b a='1'b=2>",
  '<base href="x">',
  '<meta http-equiv="refresh" content="0">',
  '<form action="x">',
  '<b>',
  '</b>',
  '<ul><li>',
  '&lt;script&gt;',
  '&#60;img&#62;',
  '&#x3c;',
  '&amp;lt;',
  '"',
  "'",
  '<',
  '>',
  '&',
  '\0',
  '\u0095',
  ' ',
  'tekst'
)
const hostile = fc
  .array(fc.oneof({ weight: 5, arbitrary: markup }, { weight: 1, arbitrary: fc.string({ maxLength: 5 }) }), {
    maxLength: 12
  })
  .map((parts) => parts.join(''))

const element = /<\/?([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>/g
const harmless = new Set([
  'a',
  'b',
  'blockquote',
  'br',
  'code',
  'em',
  'hr',
  'i',
  'li',
  'ol',
  'p',
  'pre',
  's',
  'strong',
  'u',
  'ul'
])

void t.test('hostile HTML is reduced to harmless elements and external links', async (t) => {
  fc.assert(
    fc.property(hostile, (html) => {
      const served = formatters.HTML(html)
      for (const [, name = '', attributes = ''] of served.matchAll(element)) {
        if (!harmless.has(name)) return false
        if (
          attributes.trim() !== '' &&
          !/^ href="https:\/\/proef\.invalid" rel="noopener noreferrer nofollow"$|^ rel="noopener noreferrer nofollow"$/.test(
            attributes.replace(/ ?\/$/, '')
          )
        )
          return false
      }
      return !/[<>]/.test(served.replace(element, ''))
    }),
    { numRuns: 5000 }
  )
  t.pass('holds for 5,000 random texts')
})

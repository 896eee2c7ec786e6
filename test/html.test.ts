import fc from 'fast-check'
import t from 'tap'
import { createFormatters, textOfAny } from '../src/resolvers/html.ts'
import { simpleText } from '../src/resolvers/simpleText.ts'

const formatters = createFormatters(() => new Map<string, string>())
const runs = 20_000
const inlineTags = ['b', 'em', 'i', 'span', 'strong', 'u']
const words = fc.oneof(
  fc.constantFrom('', ' ', '  ', '\n', '\t ', '\r\n', '\u200b', '\u00a0', 'een', 'twee drie', ' vier', 'vijf ', '\n zes \n', 'é🚀', 'a & b', ' & ', '&', '&\n', '\u0095', '"', "'", '>', '=', '/'),
  fc.constantFrom('&amp;', '&lt;', '&gt;', '&lt;script&gt;', '&quot;', '&nbsp;', '&euro;', '&eacute;', '&hellip;', '&#8211;', '&#160;', '&#8203;', '&amp;lt;', '&amp;#60;'),
  fc.string({ maxLength: 5 })
)
/** What is neither simple nor rare, and what somebody would try. */
const odd = fc.constantFrom(
  '<', '>', '&', '</', '<!--', '-->', '<![CDATA[', ']]>', '<?', '<script>', '</script>', '<style>', '</style>', '<textarea>', '<option>', '<plaintext>', '<xmp>', '<title>', '<svg>', '<math>', '<body>', '<html>', '<head>',
  '<P>', '</P >', '<p/>', '</br>', '</p', '<p', '<p class=x>', '<p class="a>b">', "<p class='x'>", '<b a="1"b="2">', '<p\n>', '<br >', '<br\n/>', '<br/', '<p a="&quot;">', '<ol>', '</ol>', '<a href="javascript:x()">', '<a href="https://proef.invalid">', '</a>',
  '<table>', '<td>', '<h1>', '</h1>', '<pre>', '</pre>', '<img src=x onerror=alert(1)>', '<hr>', '<blockquote>', '&copy', '&ampx;', '&amp', '&notit;', '&#60;', '&#x3c;', '&#0;', '&#150;', '&#55296;', '&#99999;', '&constructor;', '&__proto__;', '\0', '\u0007', '\u007f', '\ud800', '\u2028'
)
const names = ['p', 'div', 'ul', 'li', 'table', 'tr', 'td', ...inlineTags]
const attributes = fc.constantFrom('', '', '', ' class="x"', ' style="color:red"', ' onclick="alert(1)"', ' id="a" title=" b\n"', ' is="" a="\'"')
const link = fc.tuple(
  fc.constantFrom('https://proef.invalid/a?b=c%20d', 'http://proef.invalid', 'https://proef.invalid//x', 'javascript:alert(1)', 'javascript:', 'JavaScript:x()', 'java\nscript:x', 'mailto:a@proef.invalid', 'data:text/html,x', '//proef.invalid', '#a', '', 'vijf', ' https://proef.invalid', 'https://proef.invalid/"x', 'https://a&amp;b', 'https:/a'),
  fc.constantFrom('', '', ' target="_blank"', ' rel="x"', ' href="javascript:x()"', ' name="a" id="b"', ' HREF="https://b"'), words
).chain(([target, given, text]) => fc.constantFrom(text, text, target, `${target} `, '').map((shown) => `<a href="${target}"${given}>${shown}</a>`))
const script = fc.constantFrom('<script>alert(1)</script>', '<script></script>', '<script>a && b > c "</script>', '<script>&lt;</script>', '<script src="x"></script>', '<script>"</scr" + "ipt>"</script>', '<script><!--</script>', '<img src="x" onerror="alert(1)">', '<img/>', '<img alt="a" />', '<img>', '<img src=x>', '<img alt="a>b">')
const loose = fc.oneof(link, script, fc.tuple(fc.constantFrom(...names), attributes).map(([name, given]) => `<${name}${given}>`), fc.constantFrom(...names).map((name) => `</${name}>`), fc.constantFrom('<br>', '<br/>', '<br />'))

const { flow } = fc.letrec<{ inline: string; flow: string; item: string }>((tie) => ({
  inline: fc.oneof({ depthSize: 'small', withCrossShrink: true }, words, fc.constantFrom('<br>', '<br/>', '<br />'), fc.tuple(fc.constantFrom(...inlineTags), attributes, fc.array(tie('inline'), { maxLength: 3 })).map(([name, given, held]) => `<${name}${given}>${held.join('')}</${name}>`), link, script),
  item: fc.oneof(fc.constantFrom('', ' ', '\n'), fc.tuple(attributes, fc.array(tie('inline'), { maxLength: 3 })).map(([given, held]) => `<li${given}>${held.join('')}</li>`)),
  flow: fc.oneof({ depthSize: 'small', withCrossShrink: true },
    tie('inline'),
    fc.tuple(attributes, fc.array(tie('inline'), { maxLength: 4 })).map(([given, held]) => `<p${given}>${held.join('')}</p>`),
    fc.tuple(attributes, fc.array(tie('flow'), { maxLength: 4 })).map(([given, held]) => `<div${given}>${held.join('')}</div>`),
    fc.array(fc.oneof(fc.constantFrom('', ' '), fc.array(fc.oneof(fc.constantFrom('', '\n'), fc.array(tie('inline'), { maxLength: 2 }).map((held) => `<td>${held.join('')}</td>`)), { maxLength: 3 }).map((cells) => `<tr>${cells.join('')}</tr>`)), { maxLength: 3 }).map((rows) => `<table>${rows.join('')}</table>`),
    fc.array(tie('item'), { maxLength: 4 }).map((held) => `<ul>${held.join('')}</ul>`))
}))
const simple = fc.array(flow, { maxLength: 6 }).map((parts) => parts.join(''))
const hostile = fc.array(fc.oneof({ weight: 3, arbitrary: words }, { weight: 3, arbitrary: loose }, { weight: 1, arbitrary: odd }, { weight: 2, arbitrary: flow }), { maxLength: 8 }).map((parts) => parts.join(''))
/** Something odd in the midst of simple HTML, which may be cut off. */
const spoilt = fc.tuple(simple, fc.oneof(odd, loose), fc.nat(), fc.nat(10)).map(([html, piece, place, cut]) => {
  const at = place % (html.length + 1)
  return html.slice(0, at) + piece + html.slice(at, html.length - cut)
})

/** Holds the short way against the long one; how many took it. */
const compare = (given: fc.Arbitrary<string>): number => {
  let taken = 0
  fc.assert(fc.property(given, (html) => {
    const text = simpleText(html)
    if (text === undefined) return true
    taken += 1
    return text === textOfAny(html)
  }), { numRuns: runs })
  return taken
}

void t.test('simple HTML becomes the text that sanitising and converting make of it', async (t) => {
  t.ok(compare(simple) > runs / 4, 'and much of it takes the short way')
})

void t.test('of hostile HTML nothing takes the short way that would become another text', async (t) => {
  t.ok(compare(hostile) > runs / 100, 'and some of it takes it')
  t.ok(compare(spoilt) > runs / 100)
  compare(fc.string())
  compare(fc.string({ unit: fc.constantFrom('<', '>', '/', '&', ';', '#', '"', '=', ' ', '\n', 'b', 'p', 'u', 'l', 'i'), maxLength: 14 }))
})

void t.test('what a parser may read in two ways takes the long way', async (t) => {
  const two = ['<p>a<p>b', 'a<b', '<b>a<i>b</b>c</i>', '<p>a</p></p>', '<P>a</P>', '<p/>a', '<ul>a</ul>', '<ul><li><ul></ul></li></ul>', '<p><ul></ul></p>', '<script>a<b</script>', '<script src="a"></script>', '<a href="//proef.invalid">a</a>', '<a href="data:a">a</a>', '<a href="https://proef.invalid"><b>a</b></a>', '<ul><script>a</script></ul>', '<!-- a -->', 'a &b', 'a &', '<table>a</table>', '<table><td>a</td></table>', '<tr></tr>', '<img alt="<">', '&copy', '&nbspx', '&unknown;', '&constructor;', '&#60;', '&#150;', '\0', '<p a=b>c</p>', '<p a="<">c</p>', `${'<div>'.repeat(60)}${'</div>'.repeat(60)}`]
  for (const html of two) t.equal(simpleText(html), undefined, JSON.stringify(html.slice(0, 40)))
})

void t.test('a text that Windows wrote is read either way', async (t) => {
  fc.assert(fc.property(simple, fc.nat(), (html, place) => {
    const at = place % (html.length + 1)
    const given = `${html.slice(0, at)}\u0095${html.slice(at)}`
    return formatters.TEKST(given) === textOfAny(given)
  }), { numRuns: 2000 })
  t.equal(formatters.TEKST('Je taken:<br/>\n\u0095 bellen &amp; mailen'), 'Je taken:\n• bellen & mailen')
})

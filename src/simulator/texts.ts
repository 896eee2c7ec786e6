import type { Dice } from './random.ts'
import { phone } from './people.ts'

// Texts as employers paste them: HTML written by hand, by a word processor, or as an attack.
const descriptions: readonly string[] = [
  '<p>Wij zoeken een <b>{titel}</b> voor {bedrijf}.</p>\n<ul><li>Je werkt in een klein team</li><li>Je start om 8 uur</li></ul>',
  'Als {titel} bij {bedrijf}:<br/>\n\u0095 volg je de planning op<br/>\n\u0095 bewaak je de kwaliteit<br/>\n\u0095 rapporteer je aan de directie',
  'Jouw taken als {titel}<br>• onthaal van klanten<br>• opvolgen van dossiers<br>• bellen &amp; mailen',
  '<div>{bedrijf} groeit! 🚀 Daarom zoeken we een {titel} 😀 &mdash; loon &gt; 2.500 &euro;&nbsp;per maand</div>',
  '<p>Word jij onze {titel}?</p><script>alert(1)</script><p>Solliciteer snel.</p>',
  '<p onclick="alert(1)">Een job als {titel}: <a href="javascript:alert(1)">klik hier</a> of <a href="https://www.proef.invalid/jobs">lees meer</a>.</p>',
  'Nous recherchons un(e) {titel} pour {bedrijf}.<br/>Vous êtes motivé(e), ponctuel(le) et bilingue.',
  'We are looking for a {titel} to join {bedrijf}.\n<ul><li>You are fluent in English</li><li>You like people</li></ul>',
  '<p style="color:red">{titel} gezocht</p><img src="x" onerror="alert(1)"><table><tr><td>Uren</td><td>38</td></tr></table>',
  '{titel} gezocht.\n\nGeen ervaring nodig, wij leiden op.\n\nBel {contact} voor meer informatie.',
  '<p>Wir suchen zur Verst&auml;rkung unseres Teams {titel} (m/w/d).</p><ul><li>Sie arbeiten selbstst&auml;ndig und zuverl&auml;ssig</li><li>Sie haben Erfahrung in einer &auml;hnlichen Stelle</li></ul>',
  '<p>Niet gesloten <b>vet <i>en schuin</p> bij {bedrijf}, als {titel} &#8211; caf&eacute; inbegrepen'
]

const offers: readonly string[] = [
  '<p>Wij bieden:</p><ul><li>maaltijdcheques</li><li>een firmawagen</li></ul>',
  'Een loon volgens barema &amp; 20 vakantiedagen.<br/>\u0095 groepsverzekering',
  'A competitive salary and a hybrid way of working.',
  'Maaltijdcheques van 8 euro en glijdende uren.'
]

const demands: readonly string[] = [
  'Je hebt:\n<br/> \n<ul><li>zin voor initiatief </li><li>een vlotte pen<br/><br/>en je bent stipt </li>\n</ul>',
  '• Je spreekt vlot Nederlands\n• Je kan zelfstandig werken',
  'Vous parlez français &amp; néerlandais.',
  '<p>Je bent flexibel.</p>'
]

const procedures: readonly string[] = [
  '<p>Stuur je cv en kom langs voor een gesprek.</p>',
  'Bel of mail ons: {contact}.',
  'Solliciteren kan tot het einde van de maand.<br/>Een proef maakt deel uit van de selectie.'
]

const simple = {
  descriptions: [
    '<p>Wij zoeken een <b>{titel}</b> voor {bedrijf}.</p><ul><li>Je werkt in een klein team</li><li>Je start om 8 uur</li></ul>',
    '<p>Als {titel} bij {bedrijf} volg je de planning op en bewaak je de kwaliteit.</p>'
  ],
  offers: [
    '<p>Wij bieden maaltijdcheques en glijdende uren.</p>',
    '<ul><li>maaltijdcheques</li><li>een fiets</li></ul>'
  ],
  demands: ['<p>Je bent flexibel.</p>', '<ul><li>Je spreekt vlot Nederlands</li><li>Je werkt zelfstandig</li></ul>'],
  procedures: ['<p>Stuur je cv en kom langs voor een gesprek.</p>']
} as const

const filled = (template: string, words: { titel: string; bedrijf: string }, dice: Dice) =>
  template
    .replaceAll('{titel}', words.titel)
    .replaceAll('{bedrijf}', words.bedrijf.trim())
    .replaceAll('{contact}', `Proefka Proefdra (${phone(dice, false)}, proefka.proefdra@proef.invalid)`)

/** The free texts of a vacancy: HTML in four languages, some of it hostile; in the plain world simple HTML in Dutch. */
export const texts = (dice: Dice, words: { titel: string; bedrijf: string }, plain: boolean) => {
  const from = plain ? simple : { descriptions, offers, demands, procedures }
  return {
    omschrijving: filled(dice.pick(from.descriptions), words, dice),
    extra: filled(dice.pick(from.offers), words, dice),
    vrijeVereiste: filled(dice.pick(from.demands), words, dice),
    procedure: filled(dice.pick(from.procedures), words, dice)
  }
}

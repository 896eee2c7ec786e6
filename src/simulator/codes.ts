/** Pairs of a code and its label. */
export type CodeTable = readonly (readonly [code: string, beschrijving: string])[]

/** The 24 job domains. */
export const jobdomeinen: CodeTable = [
  ['JOBCAT01', 'Aankoop'],
  ['JOBCAT02', 'Administratie'],
  ['JOBCAT03', 'Bouw'],
  ['JOBCAT04', 'Communicatie'],
  ['JOBCAT05', 'Creatief'],
  ['JOBCAT06', 'Financieel'],
  ['JOBCAT07', 'Gezondheid'],
  ['JOBCAT08', 'Horeca en toerisme'],
  ['JOBCAT09', 'Human resources'],
  ['JOBCAT10', 'ICT'],
  ['JOBCAT11', 'Juridisch'],
  ['JOBCAT12', 'Land- en tuinbouw'],
  ['JOBCAT13', 'Logistiek en transport'],
  ['JOBCAT14', 'Dienstverlening'],
  ['JOBCAT15', 'Management'],
  ['JOBCAT16', 'Marketing'],
  ['JOBCAT17', 'Onderhoud'],
  ['JOBCAT18', 'Onderwijs'],
  ['JOBCAT19', 'Overheid'],
  ['JOBCAT20', 'Onderzoek en ontwikkeling'],
  ['JOBCAT21', 'Productie'],
  ['JOBCAT22', 'Techniek'],
  ['JOBCAT23', 'Verkoop'],
  ['JOBCAT24', 'Andere']
]

/** Contract types, with VDAB's labels. */
export const arbeidscontracten: CodeTable = [
  ['FS', 'Instapstage'],
  ['CM', 'Collectief maatwerk'],
  ['LD', 'Lokale diensteneconomie'],
  ['G', 'Gewoon contract'],
  ['TW', 'tewerkstellingsmaatregel'],
  ['OW', 'Occasioneel werk'],
  ['VW', 'Vrijwilligerswerk'],
  [
    'AP',
    'Aanwerving met sterke voorkeur voor kandidaten die voldoen aan de voorwaarden voor het bekomen van een werkkaart'
  ],
  [
    'Q',
    'Vervangingscontract brugpensioen - Voorwaarden: uitkeringsgerechtigd werkloos of schoolverlater in wachttijd zijn'
  ],
  ['GB', 'Beperkte tewerkstelling <13 uren/week'],
  ['IN', 'Informatie'],
  ['I', 'Interimcontract'],
  ['IV', "Interim met optie 'vast werk'"],
  ['MO', 'Middenstandsopleiding'],
  ['OO', 'Ondernemingsopleiding'],
  [
    'SB',
    'Jonger zijn dan 26 jaar en ingeschreven zijn als werkzoekende, geen studies met volledig leerplan meer volgen'
  ],
  ['WS', 'Werfreserve'],
  ['V', 'Studentenjob'],
  ['T', 'Tijdelijke job'],
  ['GC', 'Gewoon contract (dienstencheques)'],
  ['GA', 'Vacature uitsluitend voor personen met een arbeidshandicap ingevolge BVR 07-12-2007'],
  ['GO', 'Vlaamse Overheid extra toeleiding kansengroepen'],
  ['GD', 'Vacature voorbehouden voor deeltijds leerplichtigen'],
  ['VU', 'Vaste job bij het uitzendkantoor'],
  ['Z', 'Zelfstandige activiteit'],
  ['E', 'Een aanwervingsexamen'],
  ['U', 'Een aanwervingsexamen selor'],
  ['3', 'Zeelieden (baz - Antwerpen)'],
  ['D', 'Contract Derde Arbeidscircuit'],
  ['DJ', 'Contract Derde Arbeidscircuit - Voorwaarden: minimum 1 jaar uitkeringsgerechtigd werkloos zijn'],
  [
    'F',
    'Vervangingscontract loopbaanonderbreking  privésector - Voorwaarden: o.a. uitkeringsgerechtigd werkloos zijn of schoolverlater. Meer info te bekomen op het nummer 070-34 50 00'
  ],
  ['GJ', 'gewoon contract, (de werkgever is sterk geïnteresseerd in werkzoekenden  met een JOBKAART)'],
  ['H', 'Jeugdwerkgarantieplan'],
  ['J', 'Jongerenbanenplan'],
  ['K', 'Werkervaringsplan'],
  [
    'L',
    'Vervangingscontract loopbaanonderbreking openbare sector - Voorwaarden: o.a. uitkeringsgerechtigd werkloos zijn. Meer info te bekomen op het nr. 070-34 50 00'
  ],
  ['M', 'Voordeelbaan - Voorwaarden: in bezit zijn van een banenkaart, te bekomen bij de RVA'],
  ['MI', 'MINA-contract - Voorwaarden: ocmw-uitkering genieten of minimum 2 jaar werkloos zijn'],
  ['O', 'Gesco-contract'],
  [
    'PC',
    'WEP+vacature, voorbehouden voor langdurig werkzoekenden (inlichtingen bij je consulent of de VDAB-servicelijn)'
  ],
  ['S', 'Stage'],
  ['W', 'Eerste werkervaringscontract'],
  ['WE', 'Werkervaringsplan'],
  ['X', 'Extra (horeca)'],
  ['Y', 'Ingroeibaan'],
  [
    'B',
    'Dienstenbaan - Voorwaarden: minimum 2 jaar uitkeringsgerechtigd werkloos zijn. vanaf 45 jaar is 6 maanden uitkeringsgerechtigd werkloos zijn voldoende'
  ],
  [
    'AM',
    'Arbeidszorg Meerbanenplan - voorwaarden: verplicht ingeschreven werkzoekende + opgenomen zijn in de doelgroep arbeidszorg na een activeringsscreening of -begeleiding met als advies arbeidszorg (werkgever moet attest hiervan opvragen bij VDAB)'
  ],
  [
    'AZ',
    'Arbeidszorg (oude plaatsen) - voorwaarden: ingeschreven zijn als werkzoekende bij de VDAB +  opgenomen zijn in de doelgroep arbeidszorg door de VDAB op advies van ATB (attest hiervan is af te leveren door de VDAB op vraag van de werkgever)'
  ],
  [
    'GS',
    'Gewoon contract, voorbehouden voor werkzoekenden, ouder dan 18 jaar, met een gekwalificeerde beroepsopleiding of een vergelijkbare beroepservaring'
  ],
  ['IB', 'Contract voor invoegbedrijf - Inlichtingen bij je consulent'],
  [
    'KB',
    'Gewoon contract, voorbehouden voor werkzoekenden die in aanmerking komen voor SINE. Inlichtingen bij je consulent'
  ],
  [
    'KG',
    'Gewoon contract, voorbehouden voor werkzoekenden die in aanmerking komen voor SINE. Inlichtingen bij je consulent'
  ],
  ['BEVORD', 'Bevorderingen'],
  ['HORIZMOB', 'Horizontale mobiliteit'],
  ['EXTMOB', 'Externe mobiliteit'],
  ['GRDVER', 'Graadverandering'],
  ['HERPL', 'Herplaatsing'],
  ['STAT', 'Statutair'],
  ['CONTRACTONB', 'Contractueel onbepaalde duur'],
  ['CONTRACTBEP', 'Contractueel bepaalde duur'],
  ['STUDJOB', 'Studentenjobs'],
  ['LP', 'Leerplek'],
  ['STARTB', 'Startbanen / leerovereenkomsten'],
  ['STAGES', 'Stages'],
  ['MGMTJOB', 'Managementjobs'],
  ['PMABJOB', 'Voorbehouden betrekking voor personen met een arbeidshandicap'],
  ['TV', 'Tijdelijke job (met optie vast)'],
  [
    'FL',
    'Een flexijob is een bijverdienste en staat open voor iedereen die, reeds 3 kwartalen geleden, minstens 4/5 bij een andere werkgever, uit een andere sector, in vast dienstverband werkt'
  ],
  ['AL', 'Activa langdurig werkzoekenden']
]

/** Full time or part time. */
export const arbeidsregimes: CodeTable = [
  ['V', 'voltijds'],
  ['D', 'deeltijds']
]

/** Working schedules. The codes 3, N, O, DN and DC are invented: only their labels are public. */
export const arbeidsstelsels: CodeTable = [
  ['D', 'Dagwerk'],
  ['2', '2-ploegenstelsel'],
  ['Z', 'Weekendwerk'],
  ['V', 'Volcontinu systeem'],
  ['3', '3-ploegenstelsel'],
  ['N', 'Nachtwerk'],
  ['O', 'Onderbroken dienst'],
  ['DN', 'Dag- en nachtwerk'],
  ['DC', 'Dienstencheques']
]

/** Durations of a contract. */
export const arbeidscontractduren: CodeTable = [
  ['ONBEPAALD', 'onbepaalde duur'],
  ['BEPAALD', 'bepaalde duur']
]

/** Certificates. The codes are invented: only the labels of the first three are public. */
export const attesten: CodeTable = [
  ['DUIK01', 'Duikbrevet'],
  ['CERGA1', 'Certificaat Cerga voor gasmonteurs'],
  ['EBBUS1', 'Ervaringsbewijs van autobuschauffeur (m/v)'],
  ['VCA001', 'Basisveiligheid (VCA)'],
  ['HEFTR1', 'Attest heftruckbestuurder'],
  ['EHBO01', 'Brevet eerste hulp']
]

/** Languages. N, F, E and D are VDAB's own codes, the others are invented. */
export const talen: CodeTable = [
  ['N', 'Nederlands'],
  ['F', 'Frans'],
  ['E', 'Engels'],
  ['D', 'Duits'],
  ['S', 'Spaans'],
  ['I', 'Italiaans'],
  ['P', 'Pools'],
  ['T', 'Turks'],
  ['A', 'Arabisch'],
  ['R', 'Roemeens']
]

/**
 * Soft skills. The codes are invented; the public ones (5, 8, 9, 10, 12) have no public label, so they are left out.
 */
export const softskills: CodeTable = [
  ['1', 'Regels en afspraken nakomen'],
  ['2', 'Creatief denken (Inventiviteit)'],
  ['3', 'Commercieel zijn'],
  ['4', 'Contactvaardig zijn'],
  ['6', 'Klantgerichtheid']
]

/** Levels of study. */
export const studieboom: CodeTable = [
  ['A', 'Geen specifieke studievereisten'],
  ['B', 'Lager onderwijs'],
  ['C', 'Secundair onderwijs'],
  ['F', 'Graduaat/HBO5'],
  ['D', 'Bachelor'],
  ['E', 'Master']
]

/**
 * Driving licences: every European class, and the ones with a certificate of professional competence. Only the labels
 * of A1, B, BE and D_VAK are public.
 */
export const rijbewijzen: CodeTable = [
  ['AM', 'Bromfietsen max 50 cc en 4 kw'],
  ['A1', 'Motorfietsen  max 125 cc en 11 kw'],
  ['A2', 'Motorfietsen max 35 kw'],
  ['A', 'Motorfietsen zonder beperking'],
  ['B', "Auto's <. 3,5t en max. 8 plaatsen"],
  ['BE', "Auto's < 3,5t en max. 8 plaatsen met aanhangwagen htm > 750 kg"],
  ['C1', 'Vrachtwagens > 3,5t en max 7,5t met aanhangwagen max 750 kg'],
  ['C1E', 'Vrachtwagens > 3,5t en max 7,5t met aanhangwagen htm > 750 kg'],
  ['C', 'Vrachtwagens > 3,5t met aanhangwagen max 750 kg'],
  ['CE', 'Vrachtwagens > 3,5t met aanhangwagen htm > 750 kg'],
  ['D1', 'autobus/autocar max 16 zitplaatsen en aanhangwagen max 750 kg'],
  ['D1E', 'autobus/autocar max 16 zitplaatsen met aanhangwagen htm > 750 kg'],
  ['D', 'autobus/autocar > 8 zitplaatsen en aanhangwagen max 750 kg'],
  ['DE', 'autobus/autocar > 8 zitplaatsen met aanhangwagen htm > 750 kg'],
  ['G', 'Land- en bosbouwtractoren'],
  ['C1_VAK', 'Vrachtwagens > 3,5t en max 7,5t met aanhangwagen max 750 kg met vakbekwaamheidsattest'],
  ['C1E_VAK', 'Vrachtwagens > 3,5t en max 7,5t met aanhangwagen htm > 750 kg met vakbekwaamheidsattest'],
  ['C_VAK', 'Vrachtwagens > 3,5t met aanhangwagen max 750 kg met vakbekwaamheidsattest'],
  ['CE_VAK', 'Vrachtwagens > 3,5t met aanhangwagen htm > 750 kg met vakbekwaamheidsattest'],
  ['D1_VAK', 'autobus/autocar max 16 zitplaatsen en aanhangwagen max 750 kg met vakbekwaamheidsattest'],
  ['D1E_VAK', 'autobus/autocar max 16 zitplaatsen met aanhangwagen htm > 750 kg met vakbekwaamheidsattest'],
  ['D_VAK', 'autobus/autocar > 8 zitplaatsen en aanhangwagen max 750 kg met vakbekwaamheidsattest'],
  ['DE_VAK', 'autobus/autocar > 8 zitplaatsen met aanhangwagen htm > 750 kg met vakbekwaamheidsattest']
]

/**
 * Diplomas. Only the label of MAE5AHH (formerly UEH5AHH) is public, the other codes are invented. MAN1NOO has no public
 * label, so it is left out.
 */
export const diplomas: CodeTable = [
  ['MAE5AHH', 'Master TEW: Handelsingenieur'],
  ['UEH5AHH', 'Handelsingenieur'],
  ['MAE5AHB', 'Master TEW: Handelsingenieur in de beleidsinformatica'],
  ['MAE5ATE', 'Master TEW: Toegepaste economische wetenschappen'],
  ['MAE5ABK', 'Master TEW: Bedrijfskunde'],
  ['MAE4AEC', 'Master Economische wetenschappen'],
  ['MAR4ARE', 'Master Rechten'],
  ['MAR4ANO', 'Master Notariaat'],
  ['MAP4APS', 'Master Psychologie'],
  ['MAP4APE', 'Master Pedagogische wetenschappen'],
  ['MAI5AIR', 'Master Ingenieurswetenschappen: bouwkunde'],
  ['MAI5AIC', 'Master Ingenieurswetenschappen: computerwetenschappen'],
  ['MAI5AIE', 'Master Ingenieurswetenschappen: elektrotechniek'],
  ['MAI5AIW', 'Master Ingenieurswetenschappen: werktuigkunde'],
  ['MAT4AIN', 'Master Industriële wetenschappen: informatica'],
  ['MAT4AEM', 'Master Industriële wetenschappen: elektromechanica'],
  ['MAT4ACH', 'Master Industriële wetenschappen: chemie'],
  ['MAW4AWI', 'Master Wiskunde'],
  ['MAW4AFY', 'Master Fysica'],
  ['MAW4AIF', 'Master Informatica'],
  ['MAG5AGE', 'Master Geneeskunde'],
  ['MAG5AFA', 'Master Farmaceutische zorg'],
  ['MAL4ATA', 'Master Taal- en letterkunde'],
  ['MAL4AGS', 'Master Geschiedenis'],
  ['BAB3ABM', 'Bachelor Bedrijfsmanagement'],
  ['BAB3AAC', 'Bachelor Bedrijfsmanagement: accountancy-fiscaliteit'],
  ['BAB3AMA', 'Bachelor Bedrijfsmanagement: marketing'],
  ['BAB3ALO', 'Bachelor Bedrijfsmanagement: logistiek'],
  ['BAB3AOM', 'Bachelor Organisatie en management'],
  ['BAI3ATI', 'Bachelor Toegepaste informatica'],
  ['BAI3AEI', 'Bachelor Elektronica-ICT'],
  ['BAG3AVK', 'Bachelor Verpleegkunde'],
  ['BAG3AVR', 'Bachelor Vroedkunde'],
  ['BAO3AKO', 'Bachelor Onderwijs: kleuteronderwijs'],
  ['BAO3ALO', 'Bachelor Onderwijs: lager onderwijs'],
  ['BAO3ASO', 'Bachelor Onderwijs: secundair onderwijs'],
  ['BAS3ASW', 'Bachelor Sociaal werk'],
  ['BAT3ABO', 'Bachelor Bouw'],
  ['BAT3AEM', 'Bachelor Elektromechanica'],
  ['GRA2ABO', 'Graduaat Boekhouden'],
  ['GRA2APR', 'Graduaat Programmeren'],
  ['GRA2AWO', 'Graduaat Werforganisatie'],
  ['SEA1AEM', 'Secundair onderwijs: Economie - moderne talen'],
  ['SEA1AWW', 'Secundair onderwijs: Wetenschappen - wiskunde'],
  ['SET1AEL', 'Secundair onderwijs: Elektrotechnieken'],
  ['SET1AHA', 'Secundair onderwijs: Handel'],
  ['SEB1AHO', 'Secundair onderwijs: Houtbewerking'],
  ['SEB1ALA', 'Secundair onderwijs: Lassen - constructie'],
  ['SEB1AVZ', 'Secundair onderwijs: Verzorging'],
  ['LAG0ALO', 'Getuigschrift lager onderwijs']
]

/** Years of experience. */
export const ervaringen: CodeTable = [
  ['0', 'Niet van belang'],
  ['1', 'Geen ervaring'],
  ['2', 'Beperkte ervaring ( < 2 jaar )'],
  ['3', 'Minstens 2 jaar ervaring'],
  ['4', 'Minstens 5 jaar ervaring']
]

/** Levels of a language. The pairing of codes and labels is a guess. */
export const taalniveaus: CodeTable = [
  ['1', 'basis'],
  ['2', 'goed'],
  ['3', 'zeer goed']
]

/** Provinces and the Brussels region: NUTS codes. */
export const provincies: CodeTable = [
  ['BE1', 'Brussels Hoofdstedelijk Gewest'],
  ['BE21', 'Provincie Antwerpen'],
  ['BE22', 'Provincie Limburg'],
  ['BE23', 'Provincie Oost-Vlaanderen'],
  ['BE24', 'Provincie Vlaams-Brabant'],
  ['BE25', 'Provincie West-Vlaanderen'],
  ['BE31', 'Provincie Waals-Brabant'],
  ['BE32', 'Provincie Henegouwen'],
  ['BE33', 'Provincie Luik'],
  ['BE34', 'Provincie Luxemburg'],
  ['BE35', 'Provincie Namen']
]

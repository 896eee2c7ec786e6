import type { CodeTable } from './codes.ts'

/** Competent 1 profiles. M120101-1 exists without a public label, so it is left out. */
export const beroepsprofielen: CodeTable = [
  ['M140201-1', 'Adviseur bedrijfsorganisatie en management'],
  ['M130201-1', 'Directeur van een kleine of middelgrote organisatie'],
  ['N130101-1', 'Logistiek verantwoordelijke'],
  ['N130201-1', 'Verantwoordelijke logistieke site'],
  ['H140101-1', 'Verantwoordelijke planning en productiebeheer'],
  ['H140201-1', 'Verantwoordelijke productiemethodes en industrialisatie'],
  ['F160701-1', 'Buitenschrijnwerker']
]

/** Competent 2 occupations. */
export const beroepen: CodeTable = [
  ['263af849-d6f5-425b-9eb9-41aefc558f96', 'Software ontwikkelaar'],
  ['ac2e8fda-9440-4d7e-932c-5a9891cdb958', 'Data engineer'],
  ['2a0d6ea6-0de3-452d-aa93-7e575a593254', 'Support medewerker ICT'],
  ['9f40e4a2-47a2-48bd-aa0c-cc9bda6c9d58', 'Systeembeheerder'],
  ['97af1203-2341-46d1-9ca9-b00b7284062a', 'Expert productieproces en -methodes'],
  ['47c71e40-3fca-43db-9eb6-289c2f216105', 'Data manager'],
  ['6b21d54c-49b7-44cb-81c9-a4bb3cd88b96', 'Integratie expert ICT'],
  ['3d87a629-d78d-4fee-8597-3b5daf475447', 'Verantwoordelijke kwaliteitscontrole'],
  ['b61d0f71-273f-4134-831f-bd80e6bd15b3', 'Productieplanner'],
  ['f8e6669d-db4d-4ddb-a31a-26e55bfeaaf9', 'Ontwerper industriële automatisering'],
  ['eccbc68a-353d-40a7-85aa-6577457b3218', 'Aankoper'],
  ['acfddd4d-cc1e-419e-a369-974fb5a37ccd', 'Data scientist'],
  ['c9014baf-c35c-4abe-81a0-27e3b6e6ac1b', 'Software analist'],
  ['48e6a6d9-0699-4eff-8cb2-6eb980fda706', 'Verantwoordelijke industrieel onderhoud'],
  ['06d059a3-6f65-4b4f-b359-8a27ce3c3594', 'Logistiek verantwoordelijke'],
  ['410a4483-7305-496a-93f2-613e6e5930fd', 'Industrieel onderhoudstechnicus'],
  ['d70607ef-e4cf-43a9-a340-a1b9e9d8e3f9', 'Polyvalent administratief medewerker'],
  ['92f4b097-c6d3-47cf-bb9c-5193e0ab1853', 'Projectmanager engineering'],
  ['de070231-7a9f-4a83-9604-669ca3837bd6', 'Verantwoordelijke productieproces en -methodes'],
  ['4da1e783-4d2b-45b2-b213-113c8ef342ff', 'Sales engineer'],
  ['54a6cf77-d3ff-4691-b03d-f9e30b4790ef', 'Vertegenwoordiger B2B'],
  ['7d63beb9-03ad-44e9-a77b-c02f2c28ebc0', 'Landmeter'],
  ['7396864b-9eaf-440f-a285-ef793f9785da', 'Technisch-administratief medewerker'],
  ['0e20e520-a445-4866-8666-3e0ee9706b4c', 'Verantwoordelijke ICT'],
  ['237e4c85-b9a0-48da-a112-3724d479dae8', 'Tekenaar-ontwerper elektriciteit, elektronica'],
  ['88cbf041-02e1-432e-9d49-c1a2c20c5784', 'Medewerker communicatie'],
  ['e09de2fb-b2bc-4feb-8c78-065dc319c3ae', 'Werkvoorbereider'],
  ['397c9e4c-7dc9-4b3c-93c2-6f79a6b98c4a', 'Netwerkbeheerder'],
  ['70dce6b8-8a32-4993-ac2d-cef19c773ccd', 'ICT architect'],
  ['cfe84de1-a7d1-4b34-924d-764c2cb3c649', 'Elektrotechnicus'],
  ['07f701ec-57c9-40dd-97d9-e9238062db1e', 'Slager'],
  ['c975483a-b03f-47a3-9c0a-c773babb1510', 'Huishoudhulp-poetshulp']
]

/** Competent 2 competences. */
export const competenties: CodeTable = [
  ['a70593df-d746-4c33-8cca-267e45d62435', 'Financiële rapporten opstellen'],
  ['fb72aaf1-76fe-4700-8242-5c081ccc496c', 'De markt analyseren'],
  ['df74efe9-10fd-4a57-a78f-65e643a4b16c', 'Een financiële analyse uitvoeren'],
  ['1a3e92d0-940e-4b82-b7da-6c2dafae0dc8', "Financiële risico's beoordelen"],
  ['71d7cb49-71e5-4966-89a6-a00255368b13', 'Verwachtingsmodellen opstellen'],
  ['bb33e4e0-7afe-4156-a9fb-3c8619d802b0', 'De regelmatigheid van de jaarrekening controleren'],
  ['c109051a-a4fd-46fd-aaf3-10b28cf7d214', 'Oplossingen voorstellen voor risicobeheer'],
  ['27918057-58dd-4d0f-b197-bbe9d2a3854c', 'Een businessplan opstellen'],
  ['5ed9e559-3dbd-46be-917b-2f7935e310bb', 'Managementadvies geven'],
  ['650db0b0-a9d4-4e13-b427-ba63d9772866', 'Statistische analyse'],
  ['093d01f4-1025-4d7f-87b2-b8840f5fc914', 'Interne rapporteringsprocedures'],
  ['8b57544e-327e-42f8-a18b-aca500079829', 'Key Performance Indicators (KPI)'],
  ['eeb5b043-a4d3-460c-b104-83979c6dc5dc', 'Financiële berekeningen'],
  ['9b2f6e8e-72b4-449c-8a94-58ffb5add3cc', 'International Financial Reporting Standards (IFRS)'],
  ['4f51b921-0816-4725-9060-aeb7f6b53db9', "Financiële ratio's"],
  ['9286c4c2-238e-42a0-abff-300287ca4e0f', 'Regelgeving financiële markten'],
  ['27024f49-db26-469d-8db7-72c2839cf9d2', 'Marktonderzoek'],
  ['d4edf17e-46f0-4e66-a3a5-8d5af493c5b1', 'Economie'],
  ['430bfc42-a296-4df0-bccf-36ccabca679c', 'Marketing'],
  ['d7ade3a9-120e-4c4f-937e-5e3b1e794325', 'Concurrentiestrategie'],
  ['74ddfe36-8b6d-465a-9f12-3f7e42835a34', 'Thesauriebeheer'],
  ['86e1f829-84b3-40f7-8342-70cd1f0c442e', 'Financiële producten'],
  ['a71f50d8-8640-4aa7-80da-48e6d3120004', 'Financiële analyse'],
  ['43fce303-bf5f-4df3-850d-059c7038f756', 'Financiële wiskunde'],
  ['2eb8c7d9-ee2e-4882-b63e-e1a6cb935c18', 'Wetgeving op financieel risicobeheer'],
  ['ce5c37c8-0fc3-425f-9e24-e34bfa5287e8', 'Wisselrecht'],
  ['815ff353-11db-4536-832e-e351e3bb3852', 'Software voor accountancy'],
  ['fece6429-91de-4aea-8c90-12e3fbc152ea', 'Financieel beheer'],
  ['a54c97da-fc60-47be-9648-eeb68a85c2c9', 'Risicobeheer (Risk Management)'],
  ['7e455e9b-778b-4210-afed-034b4d45ea8d', 'Klachtenbehandeling'],
  ['e98c49c8-6a0f-4c91-92aa-5e40732b556c', 'Business intelligence'],
  ['039a9841-d3ca-4b16-b2bf-8c96fd84ac6c', 'Opvolging van informatiebronnen'],
  ['014b330c-aa2a-4038-8d2e-ff7bdb2c7fb0', 'Boekhoudkundige en financiële analyse'],
  ['d04d2653-4307-4177-a058-250e61b0a379', 'Econometrie'],
  ['8c952246-3f67-4a24-bba9-4d6ccc6c5f0d', 'Financiële risicoanalyse'],
  ['3ddcbc0f-88b5-4091-822d-d6b5c030a6e7', 'Economisch recht'],
  ['afd164b8-7074-4e8b-99d0-7388bb6aaef5', 'Fiscaliteit'],
  ['b25f0aad-2f74-4fc5-a10c-7005c0d4e3c6', 'Handelsrecht'],
  ['aabe3e26-4835-43fa-bb43-37a1ea965b8d', 'Financiële strategie']
]

/**
 * Competent 1 competences. The labels are invented, and so are the codes except 11721, 18138 and 24557. Other codes
 * that documented CVs use are left out on purpose.
 */
export const oudeCompetenties: CodeTable = [
  ['11721', 'Voorraadbeheer organiseren'],
  ['18138', 'Logistieke stromen plannen'],
  ['24557', 'Veranderingstrajecten begeleiden'],
  ['10234', 'Klanten telefonisch te woord staan'],
  ['10871', 'Facturen controleren'],
  ['11005', 'Een magazijn inrichten'],
  ['12644', "Elektrische schema's lezen"],
  ['13120', 'Onderhoudsplannen opmaken'],
  ['13377', 'Offertes opvragen en vergelijken'],
  ['14098', 'Voedselveiligheid bewaken'],
  ['14560', 'Een team aansturen'],
  ['15023', 'Webtoepassingen ontwikkelen'],
  ['15288', 'Databanken beheren'],
  ['15711', 'Lastechnieken toepassen'],
  ['16002', 'Verslagen schrijven'],
  ['16755', 'Kwaliteitscontroles uitvoeren'],
  ['17240', 'Budgetten opvolgen'],
  ['17863', 'Ploegen inplannen'],
  ['19015', 'Een keuken netjes houden'],
  ['19442', 'Zorg verlenen aan bewoners'],
  ['20117', 'Lesvoorbereidingen maken'],
  ['20981', 'Machines instellen'],
  ['21650', 'Contracten onderhandelen'],
  ['22890', 'Gebouwen schoonmaken'],
  ['23411', 'Een heftruck besturen']
]

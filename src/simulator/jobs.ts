/** A job title, with its Competent code if there is one. M120101-1 has no label in VDAB's lists. */
export type Job = { titel: string; beroep?: string }

/** The jobs of the world per job domain. */
export const jobs: { readonly [jobdomein: string]: readonly Job[] } = {
  JOBCAT01: [
    { titel: 'Aankoper', beroep: 'eccbc68a-353d-40a7-85aa-6577457b3218' },
    { titel: 'Junior buyer' },
    { titel: 'Category manager' }
  ],
  JOBCAT02: [
    { titel: 'Administratief medewerker', beroep: 'd70607ef-e4cf-43a9-a340-a1b9e9d8e3f9' },
    { titel: 'Onthaalmedewerker' },
    { titel: 'Technisch bediende', beroep: '7396864b-9eaf-440f-a285-ef793f9785da' }
  ],
  JOBCAT03: [
    { titel: 'Buitenschrijnwerker', beroep: 'F160701-1' },
    { titel: 'Landmeter', beroep: '7d63beb9-03ad-44e9-a77b-c02f2c28ebc0' },
    { titel: 'Werkvoorbereider', beroep: 'e09de2fb-b2bc-4feb-8c78-065dc319c3ae' }
  ],
  JOBCAT04: [
    { titel: 'Medewerker communicatie', beroep: '88cbf041-02e1-432e-9d49-c1a2c20c5784' },
    { titel: 'Redacteur' }
  ],
  JOBCAT05: [{ titel: 'Grafisch ontwerper' }, { titel: 'Decorbouwer' }],
  JOBCAT06: [
    { titel: 'Boekhouder' },
    { titel: 'Financieel analist', beroep: 'M120101-1' },
    { titel: 'Dossierbeheerder krediet' }
  ],
  JOBCAT07: [{ titel: 'Verpleegkundige' }, { titel: 'Zorgkundige' }, { titel: 'Infirmier(e)' }],
  JOBCAT08: [
    { titel: 'Kelner' },
    { titel: 'Hulpkok' },
    { titel: 'Slager', beroep: '07f701ec-57c9-40dd-97d9-e9238062db1e' }
  ],
  JOBCAT09: [{ titel: 'HR-medewerker' }, { titel: 'Talent acquisition partner' }],
  JOBCAT10: [
    { titel: 'Software ontwikkelaar', beroep: '263af849-d6f5-425b-9eb9-41aefc558f96' },
    { titel: 'Data engineer', beroep: 'ac2e8fda-9440-4d7e-932c-5a9891cdb958' },
    { titel: 'Systeembeheerder', beroep: '9f40e4a2-47a2-48bd-aa0c-cc9bda6c9d58' },
    { titel: 'Netwerkbeheerder', beroep: '397c9e4c-7dc9-4b3c-93c2-6f79a6b98c4a' }
  ],
  JOBCAT11: [{ titel: 'Juridisch adviseur' }, { titel: 'Notarieel medewerker' }],
  JOBCAT12: [{ titel: 'Medewerker fruitteelt' }, { titel: 'Tuinaanlegger' }],
  JOBCAT13: [
    { titel: 'Logistiek verantwoordelijke', beroep: '06d059a3-6f65-4b4f-b359-8a27ce3c3594' },
    { titel: 'Magazijnier' },
    { titel: 'Vrachtwagenchauffeur CE' }
  ],
  JOBCAT14: [{ titel: 'Huishoudhulp', beroep: 'c975483a-b03f-47a3-9c0a-c773babb1510' }, { titel: 'Bewakingsagent' }],
  JOBCAT15: [
    { titel: 'Zaakvoerder', beroep: 'M130201-1' },
    { titel: 'Adviseur organisatie', beroep: 'M140201-1' },
    { titel: 'Projectmanager', beroep: '92f4b097-c6d3-47cf-bb9c-5193e0ab1853' }
  ],
  JOBCAT16: [{ titel: 'Marketingmedewerker' }, { titel: 'Marketing manager' }],
  JOBCAT17: [
    { titel: 'Onderhoudstechnicus', beroep: '410a4483-7305-496a-93f2-613e6e5930fd' },
    { titel: 'Schoonmaker' }
  ],
  JOBCAT18: [{ titel: 'Leerkracht wiskunde' }, { titel: 'Kleuteronderwijzer' }],
  JOBCAT19: [{ titel: 'Dossierbehandelaar' }, { titel: 'Stadswacht' }],
  JOBCAT20: [{ titel: 'Laborant' }, { titel: 'Data scientist', beroep: 'acfddd4d-cc1e-419e-a369-974fb5a37ccd' }],
  JOBCAT21: [
    { titel: 'Productieplanner', beroep: 'b61d0f71-273f-4134-831f-bd80e6bd15b3' },
    { titel: 'Operator' },
    { titel: 'Opérateur de production' }
  ],
  JOBCAT22: [{ titel: 'Elektrotechnicus', beroep: 'cfe84de1-a7d1-4b34-924d-764c2cb3c649' }, { titel: 'Lasser' }],
  JOBCAT23: [
    { titel: 'Vertegenwoordiger', beroep: '54a6cf77-d3ff-4691-b03d-f9e30b4790ef' },
    { titel: 'Winkelmedewerker' },
    { titel: 'Sales engineer', beroep: '4da1e783-4d2b-45b2-b213-113c8ef342ff' }
  ],
  JOBCAT24: [{ titel: 'Klusjesman' }, { titel: 'Vrijwilliger' }]
}

/** The job domains that have jobs. */
export const domains = Object.keys(jobs)

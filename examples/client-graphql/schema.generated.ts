export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A calendar day, written `YYYY-MM-DD`, e.g. `2022-12-13`. It has no time and no zone. */
  Date: { input: string; output: string; }
  /** An instant in the format of RFC 3339, with seconds and zone, e.g. `2026-02-13T12:00:00.000Z` or `2026-02-13T13:00:00+01:00`. */
  DateTime: { input: string; output: string; }
  /** Any JSON value. What VDAB sends is passed on as it is. */
  JSON: { input: unknown; output: unknown; }
  /** A whole number between -(2^53 - 1) and 2^53 - 1: larger than `Int`, and exact in JSON, e.g. `65866999`. */
  Long: { input: number; output: number; }
};

/** An address of a vacancy. Not always in Belgium. */
export type Adres = {
  __typename?: 'Adres';
  /** Box number (busnummer). */
  busnummer?: Maybe<Scalars['String']['output']>;
  /** Municipality, usually in capitals, e.g. `MOESKROEN`. */
  gemeente?: Maybe<Scalars['String']['output']>;
  /** House number. */
  huisnummer?: Maybe<Scalars['String']['output']>;
  /** Country, as an ISO 3166 code of two letters, e.g. `BE`. */
  landCode?: Maybe<Scalars['String']['output']>;
  /** The place on the map. */
  locatie?: Maybe<Locatie>;
  /** Postal code without the country, e.g. `7700`. */
  postcode?: Maybe<Scalars['String']['output']>;
  /** The province, e.g. `BE32` (Provincie Henegouwen). v4 only. */
  provincie?: Maybe<Referentie>;
  /** The region, e.g. `BE231A` (regio Aalst). Whether v4 sends it is not public. */
  regioCode?: Maybe<Referentie>;
  /** Street. */
  straat?: Maybe<Scalars['String']['output']>;
};

/** What the employer offers. */
export type Arbeidsovereenkomst = {
  __typename?: 'Arbeidsovereenkomst';
  /** Number of days, e.g. `5`. VDAB does not state the period; a week is likely. */
  aantalDagen?: Maybe<Scalars['Float']['output']>;
  /** Number of hours, e.g. `38`. VDAB does not state the period; a week is likely. */
  aantalUur?: Maybe<Scalars['Float']['output']>;
  /** Type of contract, e.g. `G` (Gewoon contract). */
  arbeidsContract?: Maybe<Referentie>;
  /** Duration of the contract, e.g. `ONBEPAALD` (onbepaalde duur). */
  arbeidsContractDuur?: Maybe<Referentie>;
  /** Full-time or part-time, e.g. `V` (voltijds). */
  arbeidsRegime?: Maybe<Referentie>;
  /** Work schedules, e.g. `D` (Dagwerk). */
  arbeidsStelsel?: Maybe<Array<Referentie>>;
  /** What else the employer offers, in their own words. */
  extra?: Maybe<Scalars['String']['output']>;
  /** Highest gross pay, in euros. VDAB does not state the period. */
  maximumBrutoLoon?: Maybe<Scalars['Float']['output']>;
  /** Lowest gross pay, in euros. VDAB does not state the period. */
  minimumBrutoLoon?: Maybe<Scalars['Float']['output']>;
  /** When the work is likely to start. Text: its form is not public. */
  vermoedelijkeStartdatum?: Maybe<Scalars['String']['output']>;
};


/** What the employer offers. */
export type ArbeidsovereenkomstExtraArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

/** Assistance that VDAB gives with a vacancy. */
export type Assistentie = {
  __typename?: 'Assistentie';
  /** Assistance by what VDAB calls IRM. What that stands for is not public. */
  irmAssistentie?: Maybe<IrmAssistentie>;
};

/** A driving licence or another certificate: a `Referentie` and what comes with it. */
export type Attestering = {
  __typename?: 'Attestering';
  /**
   * VDAB's code, e.g. `B`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  code?: Maybe<Scalars['String']['output']>;
  /**
   * Does the person have a car of their own?
   *
   * Personal data: null without the scope `kandidaten`.
   */
  eigenWagen?: Maybe<Scalars['Boolean']['output']>;
  /**
   * What the code stands for. Null when VDAB's lists do not know it.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  label?: Maybe<Scalars['String']['output']>;
  /**
   * The list that the code belongs to: `RIJBEWIJZEN` for a driving licence, `ATTESTEN` otherwise. Null when there is no code.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  lijst?: Maybe<Referentielijst>;
  /**
   * Kind of certificate: `rijbewijs` in all known answers. VDAB may add values.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  type?: Maybe<Scalars['String']['output']>;
};

/** An occupation in the codes that others know, beside VDAB's own. Each is null when it is not known. */
export type Beroep = {
  __typename?: 'Beroep';
  /** VDAB's code: Competent 1, e.g. `M140201-1`, or a Competent 2 UUID. */
  competent?: Maybe<Beroepscode>;
  /** ESCO, the list of the European Commission: `code` is the address of the occupation. Needs the operator's table. */
  escoUri?: Maybe<Beroepscode>;
  /** ISCO-08, the list of the International Labour Organization, e.g. `2421`. Needs the operator's table. */
  isco?: Maybe<Beroepscode>;
  /** ROME, the French list that Competent 1 is made of, e.g. `M1402`. A code of Competent 1 contains it; for a UUID it needs the operator's table. */
  rome?: Maybe<Beroepscode>;
};

/** Where a code of an occupation comes from. */
export type BeroepBron =
  /** A part of the code of Competent 1. */
  | 'COMPETENT'
  /** The table of the operator of this gateway. */
  | 'TABEL'
  /** VDAB's record. */
  | 'VDAB';

/** A code of an occupation, with its source and how sure it is. */
export type Beroepscode = {
  __typename?: 'Beroepscode';
  /** Where the code comes from. */
  bron: BeroepBron;
  /** The code, e.g. `M1402`; in `escoUri` an address. */
  code: Scalars['String']['output'];
  /** How sure the code is. */
  zekerheid: Zekerheid;
};

/** An occupation: a `Referentie` and the experience asked for. */
export type Beroepsprofiel = {
  __typename?: 'Beroepsprofiel';
  /** VDAB's code: Competent 1, e.g. `M140201-1`, or a Competent 2 UUID. */
  code?: Maybe<Scalars['String']['output']>;
  /** The experience asked for, e.g. `2` (Beperkte ervaring ( < 2 jaar )). */
  ervaring?: Maybe<Referentie>;
  /** What the code stands for, e.g. `Vertegenwoordiger`. Null when VDAB's lists do not know it. */
  label?: Maybe<Scalars['String']['output']>;
  /** The list that the code belongs to: `SJABLONEN`. Null when there is no code. */
  lijst?: Maybe<Referentielijst>;
};

/** Something the person knows or can do: a `Referentie` and what comes with it. Which members are there depends on `type`, which itself may be absent. */
export type Competentie = {
  __typename?: 'Competentie';
  /**
   * Description of a `vrijeCompetentie`, in the person's own words. Plain text.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  beschrijving?: Maybe<Scalars['String']['output']>;
  /**
   * VDAB's code, e.g. `N` for a language, `11721` for a technical competence or `12` for a soft skill. Null for a `vrijeCompetentie`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  code?: Maybe<Scalars['String']['output']>;
  /**
   * What the code stands for. Null when VDAB's lists do not know it.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  label?: Maybe<Scalars['String']['output']>;
  /**
   * The list that the code belongs to: `TALEN`, `COMPETENTIES` or `SOFTSKILLS`. Null when there is no code.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  lijst?: Maybe<Referentielijst>;
  /**
   * Name of a `vrijeCompetentie`, in the person's own words.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  naam?: Maybe<Scalars['String']['output']>;
  /**
   * How well the person knows a language, code `1` to `3`. The wording of the steps is not public.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  niveau?: Maybe<Niveau>;
  /**
   * How well the person masters a technical competence, e.g. code `42` or `43`. The scale is not public.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  score?: Maybe<Niveau>;
  /**
   * `talen`, `technischeCompetentie`, `softSkill` or `vrijeCompetentie`. VDAB may add values.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  type?: Maybe<Scalars['String']['output']>;
};

/** The contact person of a vacancy. */
export type Contactpersoon = {
  __typename?: 'Contactpersoon';
  /**
   * How to address the person, e.g. `Mevrouw`. The values are not public.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  aanspreking?: Maybe<Scalars['String']['output']>;
  /**
   * E-mail address.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  email?: Maybe<Scalars['String']['output']>;
  /**
   * Fax number.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  fax?: Maybe<Scalars['String']['output']>;
  /**
   * What the person does, e.g. `HR manager`.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  functie?: Maybe<Scalars['String']['output']>;
  /**
   * Name of the person.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  naam?: Maybe<Scalars['String']['output']>;
  /**
   * Telephone number.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  telefoonNummer?: Maybe<Scalars['String']['output']>;
};

/** A point on the map, in degrees of WGS 84. */
export type Coordinaten = {
  __typename?: 'Coordinaten';
  /** Latitude, e.g. `50.8689`. */
  breedte: Scalars['Float']['output'];
  /** Longitude, e.g. `4.0874`. */
  lengte: Scalars['Float']['output'];
};

/** How much of VDAB's vacancies a search by distance covers: only vacancies whose record this gateway has read. */
export type Dekking = {
  __typename?: 'Dekking';
  /** Vacancies whose place this gateway knows. */
  bekend: Scalars['Int']['output'];
  /** All vacancies, as VDAB counts them. */
  totaal: Scalars['Int']['output'];
};

/** A vacancy that is the same as another one. */
export type DubbelLid = {
  __typename?: 'DubbelLid';
  /** VDAB's `interneReferentie`, to ask with `vacaturesOpId`. */
  interneReferentie: Scalars['String']['output'];
  /** Why it is the same. */
  reden: DubbelReden;
  /** The vacancy. Null when it was removed. */
  vacature?: Maybe<Vacature>;
  /** How sure it is: `ZEKER` where VDAB says it, else `WAARSCHIJNLIJK`. */
  zekerheid: Zekerheid;
};

/** Why two vacancies are the same. */
export type DubbelReden =
  /** The same employer, the same place of work, and nearly the same text. */
  | 'TEKST'
  /** VDAB says so in `dubbels`. */
  | 'VDAB';

/** The same vacancy as it came in through other channels. */
export type Dubbels = {
  __typename?: 'Dubbels';
  /** Numbers (`vdabReferentie`, as far as known) of the duplicates. */
  dubbelIds?: Maybe<Array<Scalars['Long']['output']>>;
  /** The other vacancies that are the same, out of those that this gateway has read, at most 50. They are grouped and never merged. Null where the gateway has it switched off. */
  leden?: Maybe<Array<DubbelLid>>;
  /** `interneReferentie` of the vacancy that VDAB keeps as the parent. It may be this vacancy itself. In v4 VDAB calls it `parentId`. */
  parentUuid?: Maybe<Scalars['String']['output']>;
  /** Why the vacancies in `leden` are the same. Null where the gateway has it switched off. */
  reden?: Maybe<Array<DubbelReden>>;
};

/** The job of a vacancy. */
export type Functie = {
  __typename?: 'Functie';
  /** The occupation and the experience asked for. */
  beroepsprofiel?: Maybe<Beroepsprofiel>;
  /** Title of the job in the employer's own words. */
  functieTitel?: Maybe<Scalars['String']['output']>;
  /** The job domains it belongs to, e.g. `JOBCAT10` (ICT). */
  jobdomeinen?: Maybe<Array<Referentie>>;
  /** What the job is about. May be absent: then look at `Arbeidsovereenkomst.extra`. */
  omschrijving?: Maybe<Scalars['String']['output']>;
};


/** The job of a vacancy. */
export type FunctieOmschrijvingArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

/** A function a person is looking for. */
export type GewensteFunctie = {
  __typename?: 'GewensteFunctie';
  /**
   * The occupation of `beroepsprofiel` in the codes that others know. Null without a code, and where the gateway has it switched off.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  beroep?: Maybe<Beroep>;
  /**
   * The occupational profile it belongs to, e.g. `M140201-1` (Adviseur bedrijfsorganisatie en management).
   *
   * Personal data: null without the scope `kandidaten`.
   */
  beroepsprofiel?: Maybe<Referentie>;
  /**
   * The experience the person has in it, e.g. `4` (Minstens 5 jaar ervaring).
   *
   * Personal data: null without the scope `kandidaten`.
   */
  ervaring?: Maybe<Referentie>;
  /**
   * Title of the function. VDAB may send it with spaces at its end.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  titel?: Maybe<Scalars['String']['output']>;
};

/** The job a person is looking for. */
export type GewensteJob = {
  __typename?: 'GewensteJob';
  /**
   * Full-time or part-time, e.g. `V` (voltijds).
   *
   * Personal data: null without the scope `kandidaten`.
   */
  arbeidsRegimes?: Maybe<Array<Referentie>>;
  /**
   * Work schedules, e.g. `D` (Dagwerk).
   *
   * Personal data: null without the scope `kandidaten`.
   */
  arbeidsStelsels?: Maybe<Array<Referentie>>;
  /**
   * The functions the person is looking for.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  functies?: Maybe<Array<Maybe<GewensteFunctie>>>;
  /**
   * Regions to work in, of mixed levels, e.g. `BE1` (Brussels Gewest) beside `BE231A` (regio Aalst).
   *
   * Personal data: null without the scope `kandidaten`.
   */
  regios?: Maybe<Array<Referentie>>;
};

/** Assistance by what VDAB calls IRM. What that stands for is not public. */
export type IrmAssistentie = {
  __typename?: 'IrmAssistentie';
  /** The regions that assist. VDAB's list of these codes is not public. */
  irmRegioCodes?: Maybe<Array<Scalars['String']['output']>>;
};

/**
 * A candidate's CV as VDAB shares it. It describes a person: read only what you need, and keep it no longer than you need it.
 *
 * Needs the scope `kandidaten`.
 */
export type Kandidaat = Node & {
  __typename?: 'Kandidaat';
  /**
   * Driving licences and other certificates.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  attesteringen?: Maybe<Array<Maybe<Attestering>>>;
  /**
   * Languages, technical competences, soft skills and what the person added in their own words. An item may be empty: VDAB may send objects without members.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  competenties?: Maybe<Array<Maybe<Competentie>>>;
  /**
   * VDAB's own id of the CV, a UUID.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  cvId?: Maybe<Scalars['String']['output']>;
  /**
   * Jobs the person has had. VDAB does not sort them.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  ervaringen?: Maybe<Array<Maybe<Werkervaring>>>;
  /**
   * The job the person is looking for.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  gewensteJob?: Maybe<GewensteJob>;
  /** Global id: `Kandidaat:` and the `cvId`. */
  id: Scalars['ID']['output'];
  /**
   * VDAB's customer number of the person, 8 digits today. Identifies the person.
   *
   * Personal data: null without the scope `kandidaten:identiteit`.
   */
  iklId?: Maybe<Scalars['Long']['output']>;
  /** Who the person is and how to reach them. */
  natuurlijkPersoon?: Maybe<NatuurlijkPersoon>;
  /**
   * Studies the person has done.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  opleidingen?: Maybe<Array<Maybe<Opleiding>>>;
  /**
   * Vacancies out of VDAB's search by the occupations that the person is looking for, with what they share with the CV. Null where the gateway has it switched off.
   *
   * Needs the scope `vacatures`.
   */
  passendeVacatures?: Maybe<PassendeVacatures>;
  /**
   * The person's interests, as VDAB sends them. An empty object in all known answers; what it may hold is not public.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  persoonlijkeInteresse?: Maybe<Scalars['JSON']['output']>;
  /**
   * The province in which the person lives; all finer fields are null. Null when the address does not tell.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  plaats?: Maybe<Plaats>;
  /**
   * `OPEN`, or another value; the others are not public.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  status?: Maybe<Scalars['String']['output']>;
  /**
   * The day the CV last changed, e.g. `2022-08-03`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  wijzigingsDatum?: Maybe<Scalars['Date']['output']>;
};


/**
 * A candidate's CV as VDAB shares it. It describes a person: read only what you need, and keep it no longer than you need it.
 *
 * Needs the scope `kandidaten`.
 */
export type KandidaatPassendeVacaturesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** One page of a list of candidates. */
export type KandidaatConnection = {
  __typename?: 'KandidaatConnection';
  /** The candidates on this page, each with its cursor. */
  edges: Array<Maybe<KandidaatEdge>>;
  /** The candidates on this page, without their cursors. */
  nodes: Array<Maybe<Kandidaat>>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of candidates in the whole list, as VDAB counts them. */
  totaal: Scalars['Int']['output'];
};

/** One candidate and their position in the list. */
export type KandidaatEdge = {
  __typename?: 'KandidaatEdge';
  /** The position of this item, to use as `after` or `before`. Opaque: do not parse it. */
  cursor: Scalars['String']['output'];
  /** The candidate. Null when the CV was removed after VDAB made the list. */
  node?: Maybe<Kandidaat>;
};

/** What to look for among the candidates. Several values of one member: any of them (VDAB does not document it). Several members: all of them. VDAB knows more filters; their names are not public. */
export type KandidaatFilter = {
  /** Codes of regions out of `REGIOS` the person wants to work in, e.g. `BE231A`. */
  gewensteRegios?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Codes of studies out of `DIPLOMAS`, e.g. `MAE5AHH`. */
  studies?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A row of VDAB's list of changes: a CV and its status. */
export type KandidaatStatus = {
  __typename?: 'KandidaatStatus';
  /**
   * VDAB's id of the CV, a UUID.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  cvId?: Maybe<Scalars['String']['output']>;
  /** The candidate, fetched when it is selected: VDAB has no way to fetch several at once, so each one costs a call. Null when the CV has been removed. */
  kandidaat?: Maybe<Kandidaat>;
  /**
   * `OPEN`, or another value; the others are not public. Treat anything but `OPEN` as removed.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  status?: Maybe<Scalars['String']['output']>;
};

/** Statuses of candidates: one page of a list that can be very long. */
export type KandidaatStatusConnection = {
  __typename?: 'KandidaatStatusConnection';
  /** The statuses on this page, each with its cursor. */
  edges: Array<Maybe<KandidaatStatusEdge>>;
  /** The statuses on this page, without their cursors. */
  nodes: Array<Maybe<KandidaatStatus>>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of statuses in the whole list, as VDAB counts them. */
  totaal: Scalars['Int']['output'];
};

/** One status of a candidate and its position in the list. */
export type KandidaatStatusEdge = {
  __typename?: 'KandidaatStatusEdge';
  /** The position of this item, to use as `after` or `before`. Opaque: do not parse it. */
  cursor: Scalars['String']['output'];
  /** The status itself. */
  node?: Maybe<KandidaatStatus>;
};

/**
 * A CV has changed.
 *
 * Needs the scope `kandidaten`.
 */
export type KandidaatWijziging = {
  __typename?: 'KandidaatWijziging';
  /** The cursor to resume after this change: `extensions.sinds` of a new subscription, or `Last-Event-ID`. */
  cursor: Scalars['String']['output'];
  /**
   * VDAB's id of the CV.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  cvId?: Maybe<Scalars['String']['output']>;
  /** Global id of the candidate. */
  id: Scalars['ID']['output'];
  /** The current candidate, fetched when it is selected. Null when the CV has been removed. */
  kandidaat?: Maybe<Kandidaat>;
  /** The kind of the change: `GEWIJZIGD` or `VERWIJDERD`. */
  soort: WijzigingSoort;
  /**
   * The status that VDAB's change feed gives it; see `KandidaatStatus.status`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  status?: Maybe<Scalars['String']['output']>;
};

/** The life of a vacancy, as this gateway saw it in VDAB's list of changes and in the records that it read. VDAB itself sends no history. Instants are those at which the gateway saw something: VDAB's list has none. */
export type Levensloop = {
  __typename?: 'Levensloop';
  /** Where it comes from. */
  bron: LevensloopBron;
  /** When this gateway first saw the vacancy. */
  eersteKeerGezien: Scalars['DateTime']['output'];
  /** The top-level fields, under VDAB's names, that differed between the last two different readings of the record. Empty when it was read once. */
  gewijzigdeVelden: Array<Scalars['String']['output']>;
  /** When it last saw a change of it; null when it saw none. */
  laatstGewijzigd?: Maybe<Scalars['DateTime']['output']>;
  /** The status that VDAB gives as the reason, e.g. `AFGESLOTEN`; null while it is published. VDAB may add values. */
  reden?: Maybe<Scalars['String']['output']>;
  /** From when this gateway knows: nothing before this instant is in these fields. */
  sinds: Scalars['DateTime']['output'];
  /** When it first saw that VDAB does not publish it any more; null while it is published. */
  verwijderdOp?: Maybe<Scalars['DateTime']['output']>;
  /** How sure it is. */
  zekerheid: Zekerheid;
};

/** Where the life of a vacancy comes from. */
export type LevensloopBron =
  /** VDAB's list of changes, and the records that the gateway read. */
  | 'FEED'
  /** Only the records that the gateway read: no change of it was in VDAB's list since `sinds`. */
  | 'GELEZEN';

/** The organisation that gave a vacancy to VDAB: the employer, or an intermediary. */
export type Leverancier = {
  __typename?: 'Leverancier';
  /** Company number in the Kruispuntbank van Ondernemingen: 10 digits, the first may be 0. */
  kboNummer?: Maybe<Scalars['String']['output']>;
  /** Name of the organisation. For a sole trader, the name of a person. */
  naam?: Maybe<Scalars['String']['output']>;
  /** VDAB's priority of the supplier, e.g. `1`. Its scale is not public, nor whether v4 sends it. */
  prioriteit?: Maybe<Scalars['Int']['output']>;
  /** `GEWONE_BEDRIJVEN`, `INTERMEDIAIREN` or `DERDENLEVERANCIERS`. VDAB may add values. */
  type?: Maybe<Scalars['String']['output']>;
};

/** A place on the map, in degrees (WGS 84 by the look of the values; VDAB does not say). */
export type Locatie = {
  __typename?: 'Locatie';
  /** Degrees north, e.g. `50.7441471`. */
  latitude?: Maybe<Scalars['Float']['output']>;
  /** Degrees east, e.g. `3.2141`. */
  longitude?: Maybe<Scalars['Float']['output']>;
};

/** A circle around a postal code or a point. Give `binnenKm`, and either `postcode` or both `breedte` and `lengte`. */
export type Nabij = {
  /** Radius in kilometres as the crow flies, above 0, at most 200. */
  binnenKm?: InputMaybe<Scalars['Float']['input']>;
  /** Latitude of the point, in degrees, e.g. `50.8837`. Goes with `lengte`. */
  breedte?: InputMaybe<Scalars['Float']['input']>;
  /** Longitude of the point, in degrees, e.g. `4.4733`. Goes with `breedte`. */
  lengte?: InputMaybe<Scalars['Float']['input']>;
  /** A Belgian postal code, e.g. `1930`. An error when none of VDAB's records has told where it is. */
  postcode?: InputMaybe<Scalars['String']['input']>;
};

/** The person behind a CV. */
export type NatuurlijkPersoon = {
  __typename?: 'NatuurlijkPersoon';
  /**
   * Family name.
   *
   * Personal data: null without the scope `kandidaten:identiteit`.
   */
  achternaam?: Maybe<Scalars['String']['output']>;
  /** The person's postal address. */
  contactAdres?: Maybe<Persoonsadres>;
  /**
   * E-mail address.
   *
   * Personal data: null without the scope `kandidaten:contact`.
   */
  email?: Maybe<Scalars['String']['output']>;
  /**
   * Day of birth.
   *
   * Personal data: null without the scope `kandidaten:identiteit`.
   */
  geboortedatum?: Maybe<Scalars['Date']['output']>;
  /**
   * Gender, e.g. `M`. The other values are not public.
   *
   * Personal data: null without the scope `kandidaten:identiteit`.
   */
  geslacht?: Maybe<Scalars['String']['output']>;
  /**
   * Mobile number as the person wrote it: both `+32...` and `04...` occur.
   *
   * Personal data: null without the scope `kandidaten:contact`.
   */
  gsm?: Maybe<Scalars['String']['output']>;
  /**
   * Nationality, as an ISO 3166 country code of two letters, e.g. `BE`.
   *
   * Personal data: null without the scope `kandidaten:identiteit`.
   */
  nationaliteit?: Maybe<Scalars['String']['output']>;
  /** Official address of the person. */
  officieelAdres?: Maybe<Persoonsadres>;
  /**
   * The name the person goes by.
   *
   * Personal data: null without the scope `kandidaten:identiteit`.
   */
  roepnaam?: Maybe<Scalars['String']['output']>;
  /**
   * First name.
   *
   * Personal data: null without the scope `kandidaten:identiteit`.
   */
  voornaam?: Maybe<Scalars['String']['output']>;
  /**
   * The person's website.
   *
   * Personal data: null without the scope `kandidaten:identiteit`.
   */
  website?: Maybe<Scalars['String']['output']>;
};

/** A step on a scale for which VDAB publishes no list. */
export type Niveau = {
  __typename?: 'Niveau';
  /** VDAB's code of the step, e.g. `2`. Null when VDAB sends the label alone. */
  code?: Maybe<Scalars['String']['output']>;
  /** The wording of the step, e.g. `goed`. Null when VDAB sends the code alone. */
  label?: Maybe<Scalars['String']['output']>;
};

/** An object with an id that is unique over all types, and that `Query.node` can fetch again. */
export type Node = {
  /** Global and typed id: the type's name, a colon and VDAB's own id, e.g. `Vacature:a3e007c0-68d3-4fb7-aa35-c36e96ede172`. */
  id: Scalars['ID']['output'];
};

/** The employer behind an intermediary. v4 only; its exact members are not public. */
export type Opdrachtgever = {
  __typename?: 'Opdrachtgever';
  /** Company number in the Kruispuntbank van Ondernemingen: 10 digits, the first may be 0. Whether VDAB sends it is not public. */
  kboNummer?: Maybe<Scalars['String']['output']>;
  /** Name of the organisation. */
  naam?: Maybe<Scalars['String']['output']>;
};

/** A study the person has done. */
export type Opleiding = {
  __typename?: 'Opleiding';
  /**
   * The year the study was completed, e.g. `2015`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  behaaldIn?: Maybe<Scalars['Int']['output']>;
  /**
   * The day the study was completed, e.g. `2015-06-30`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  behaaldOp?: Maybe<Scalars['Date']['output']>;
  /**
   * Was the diploma obtained?
   *
   * Personal data: null without the scope `kandidaten`.
   */
  diploma?: Maybe<Scalars['Boolean']['output']>;
  /**
   * What the person adds to it, in their own words.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  info?: Maybe<Scalars['String']['output']>;
  /**
   * The study itself, e.g. `MAE5AHH` (Master TEW: Handelsingenieur). VDAB calls the field `naam`, and sends a code.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  naam?: Maybe<Referentie>;
  /**
   * Kind of education: `studie` in all known answers. VDAB may add values.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  type?: Maybe<Scalars['String']['output']>;
};

/**
 * The codes that a vacancy asks in one part, by whether a CV has them.
 *
 * Needs the scope `kandidaten`.
 */
export type Overlap = {
  __typename?: 'Overlap';
  /**
   * The codes that the CV has too.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  gedeeld?: Maybe<Array<Referentie>>;
  /**
   * The codes that the CV does not have. A CV may be incomplete: what it does not name may still be there.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  ontbrekend?: Maybe<Array<Referentie>>;
};

/** The position of a page in its list, as in the Relay specification. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last item of this page, to use as `after`. Null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Is there an item after the last one of this page? */
  hasNextPage: Scalars['Boolean']['output'];
  /** Is there an item before the first one of this page? */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first item of this page, to use as `before`. Null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** How much a comparison covers. */
export type PassendDekking = {
  __typename?: 'PassendDekking';
  /** The records that VDAB's search finds, as VDAB counts them. */
  totaal: Scalars['Int']['output'];
  /** The records that were compared. 0 when `items` is not selected, or when there is nothing to search by. */
  vergeleken: Scalars['Int']['output'];
};

/**
 * A candidate beside a vacancy: per part, the codes of the vacancy that the CV has, and those that it lacks. A part is null when the vacancy asks nothing of it.
 *
 * Needs the scope `kandidaten`.
 */
export type PassendeKandidaat = {
  __typename?: 'PassendeKandidaat';
  /**
   * The occupation of the vacancy, shared when it is one that the person is looking for.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  beroep?: Maybe<Overlap>;
  /**
   * Technical competences and soft skills.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  competenties?: Maybe<Overlap>;
  /** The candidate. */
  kandidaat?: Maybe<Kandidaat>;
  /**
   * The region of work, shared when the person wants to work in it, or in a region that contains it.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  regio?: Maybe<Overlap>;
  /**
   * Driving licences, by their exact code: `BE` does not count as `B`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  rijbewijzen?: Maybe<Overlap>;
  /**
   * Studies, by their exact code: another diploma of the same level does not count.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  studies?: Maybe<Overlap>;
  /**
   * Languages. Their levels are not compared.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  talen?: Maybe<Overlap>;
};

/**
 * Candidates beside a vacancy, out of VDAB's search for them. It shows what is shared and what is missing, and decides nothing about a person: there is no score.
 *
 * Needs the scope `kandidaten`.
 */
export type PassendeKandidaten = {
  __typename?: 'PassendeKandidaten';
  /** What the comparison covers. */
  dekking: PassendDekking;
  /** The candidates that were compared: first those that share something in more parts, then in VDAB's order. */
  items: Array<Maybe<PassendeKandidaat>>;
};

/**
 * A vacancy beside a candidate: per part, the codes of the vacancy that the CV has, and those that it lacks. A part is null when the vacancy asks nothing of it.
 *
 * Needs the scope `kandidaten`.
 */
export type PassendeVacature = {
  __typename?: 'PassendeVacature';
  /**
   * The occupation of the vacancy, shared when it is one that the person is looking for.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  beroep?: Maybe<Overlap>;
  /**
   * Technical competences and soft skills.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  competenties?: Maybe<Overlap>;
  /**
   * The region of work, shared when the person wants to work in it, or in a region that contains it.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  regio?: Maybe<Overlap>;
  /**
   * Driving licences, by their exact code: `BE` does not count as `B`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  rijbewijzen?: Maybe<Overlap>;
  /**
   * Studies, by their exact code: another diploma of the same level does not count.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  studies?: Maybe<Overlap>;
  /**
   * Languages. Their levels are not compared.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  talen?: Maybe<Overlap>;
  /**
   * The vacancy.
   *
   * Needs the scope `vacatures`.
   */
  vacature?: Maybe<Vacature>;
};

/**
 * Vacancies beside a candidate, out of VDAB's search for them. It shows what is shared and what is missing, and decides nothing about a person: there is no score.
 *
 * Needs the scope `kandidaten`.
 */
export type PassendeVacatures = {
  __typename?: 'PassendeVacatures';
  /** What the comparison covers. */
  dekking: PassendDekking;
  /** The vacancies that were compared: first those that share something in more parts, then in VDAB's order. */
  items: Array<Maybe<PassendeVacature>>;
};

/** An address of a person. Its format differs from the address of a vacancy. */
export type Persoonsadres = {
  __typename?: 'Persoonsadres';
  /**
   * Box number (busnummer).
   *
   * Personal data: null without the scope `kandidaten:contact`.
   */
  busnummer?: Maybe<Scalars['String']['output']>;
  /**
   * Municipality after its postal code, e.g. `1770-LIEDEKERKE`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  gemeente?: Maybe<Scalars['String']['output']>;
  /**
   * House number.
   *
   * Personal data: null without the scope `kandidaten:contact`.
   */
  huisnummer?: Maybe<Scalars['String']['output']>;
  /**
   * Country, as an ISO 3166 code of two letters, e.g. `BE`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  land?: Maybe<Scalars['String']['output']>;
  /**
   * Postal code after the country, e.g. `BE-1770`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  postcode?: Maybe<Scalars['String']['output']>;
  /**
   * Street.
   *
   * Personal data: null without the scope `kandidaten:contact`.
   */
  straat?: Maybe<Scalars['String']['output']>;
};

/** A place as the gateway works it out from an address of VDAB. VDAB's own fields stay as they are, beside it. Contains data of GeoNames (geonames.org), CC BY 4.0: name it where you show places. */
export type Plaats = {
  __typename?: 'Plaats';
  /** Where `coordinaten` comes from; without it, where the other fields come from. */
  bron: PlaatsBron;
  /** The point, as precise as `precisie` says. Null when no point is known. */
  coordinaten?: Maybe<Coordinaten>;
  /** Name of the municipality since the mergers of 2025, in Dutch where there is such a name, e.g. `Liedekerke`. Outside Belgium: VDAB's name. */
  gemeente?: Maybe<Scalars['String']['output']>;
  /** NIS code of the municipality (Statbel, REFNIS 2025), 5 digits, e.g. `23044`. Null when it is not known for certain. */
  nisCode?: Maybe<Scalars['String']['output']>;
  /** Postal code without the country, e.g. `1770`. */
  postcode?: Maybe<Scalars['String']['output']>;
  /** How precise `coordinaten` is; without it, the finest level that the other fields know. */
  precisie: PlaatsPrecisie;
  /** Name of the province in Dutch, e.g. `Vlaams-Brabant`; `Brussels Hoofdstedelijk Gewest` for Brussels. Null outside Belgium. */
  provincie?: Maybe<Scalars['String']['output']>;
  /** How sure the place is: `WAARSCHIJNLIJK` when something was learned from other records; `ONZEKER` when the address contradicts itself, has an unknown name, or no country. */
  zekerheid: Zekerheid;
};

/** Where a place comes from. */
export type PlaatsBron =
  /** Learned: the medians of the coordinates, and the names, that VDAB's records have for a postal code. */
  | 'GELEERD'
  /** The centre of a municipality in GeoNames (geonames.org, CC BY 4.0). */
  | 'GEONAMES'
  /** VDAB's own address. */
  | 'VDAB';

/** How precise a place is. */
export type PlaatsPrecisie =
  /** The coordinates that VDAB sends with the vacancy. */
  | 'COORDINATEN'
  /** The centre of the municipality, or its name alone. */
  | 'GEMEENTE'
  /** An address that says nothing finer than its country. */
  | 'ONBEKEND'
  /** The middle of what VDAB's records say about this postal code, or the postal code alone. */
  | 'POSTCODE'
  /** The province. */
  | 'PROVINCIE'
  /** One of VDAB's regions: a part of a province, or several provinces. */
  | 'REGIO';

/** What the candidate must know and be able to do. */
export type Profiel = {
  __typename?: 'Profiel';
  /** The requirements. Known in v4; whether v2 sends them is not public. */
  vereisten?: Maybe<Array<Maybe<Vereiste>>>;
};

/** The root of every query. */
export type Query = {
  __typename?: 'Query';
  /**
   * One candidate. Null when the id is unknown or the CV has been removed.
   *
   * Needs the scope `kandidaten`.
   */
  kandidaat?: Maybe<Kandidaat>;
  /**
   * CVs created, changed or removed in a span of time, each with its status, to decide which to fetch and which to delete.
   *
   * Needs the scope `kandidaten`.
   */
  kandidaatWijzigingen: KandidaatStatusConnection;
  /**
   * Searches the candidates. VDAB has no way to fetch several CVs at once, so each one costs a call when more than its id is selected.
   *
   * Needs the scope `kandidaten`.
   */
  kandidaten: KandidaatConnection;
  /** Fetches any object by its global id. Null when the id is unknown. The consumer needs the scope of the object's type. */
  node?: Maybe<Node>;
  /** One code of a reference list. Null when the list does not hold it. */
  referentie?: Maybe<Referentie>;
  /** A reference list, whole or searched. Empty when nothing matches. At most 10 best matches for `DIPLOMAS` with a `trefwoord`. */
  referenties: Array<Referentie>;
  /**
   * One vacancy. Null when the id is unknown or the vacancy has been removed.
   *
   * Needs the scope `vacatures`.
   */
  vacature?: Maybe<Vacature>;
  /**
   * Vacancies created, changed or removed in a span of time, each with its status, to keep a copy up to date. Best effort: compare with `vacaturesInitieel` from time to time.
   *
   * Needs the scope `vacatures`.
   */
  vacatureWijzigingen: VacatureStatusConnection;
  /**
   * Searches the vacancies.
   *
   * Needs the scope `vacatures`.
   */
  vacatures: VacatureConnection;
  /**
   * Every vacancy published on a given day, each with its status: the start of a copy of VDAB's vacancies.
   *
   * Needs the scope `vacatures`.
   */
  vacaturesInitieel: VacatureStatusConnection;
  /**
   * Several vacancies at once: as many answers as ids, in the same order, null for an id that is unknown.
   *
   * Needs the scope `vacatures`.
   */
  vacaturesOpId: Array<Maybe<Vacature>>;
};


/** The root of every query. */
export type QueryKandidaatArgs = {
  id: Scalars['ID']['input'];
};


/** The root of every query. */
export type QueryKandidaatWijzigingenArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  tot?: InputMaybe<Scalars['DateTime']['input']>;
  van: Scalars['DateTime']['input'];
};


/** The root of every query. */
export type QueryKandidatenArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<KandidaatFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** The root of every query. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** The root of every query. */
export type QueryReferentieArgs = {
  code: Scalars['String']['input'];
  lijst: Referentielijst;
};


/** The root of every query. */
export type QueryReferentiesArgs = {
  lijst: Referentielijst;
  trefwoord?: InputMaybe<Scalars['String']['input']>;
};


/** The root of every query. */
export type QueryVacatureArgs = {
  id: Scalars['ID']['input'];
};


/** The root of every query. */
export type QueryVacatureWijzigingenArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  tot?: InputMaybe<Scalars['DateTime']['input']>;
  van: Scalars['DateTime']['input'];
};


/** The root of every query. */
export type QueryVacaturesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<VacatureFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  nabij?: InputMaybe<Nabij>;
  sorteerveld?: InputMaybe<VacatureSorteerveld>;
};


/** The root of every query. */
export type QueryVacaturesInitieelArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  datum: Scalars['Date']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** The root of every query. */
export type QueryVacaturesOpIdArgs = {
  ids: Array<Scalars['ID']['input']>;
};

/** A code of VDAB's with its label. Both API versions give the same answer: where VDAB sends a bare code, the label is looked up. */
export type Referentie = {
  __typename?: 'Referentie';
  /** VDAB's code, always text, e.g. `JOBCAT10` or `4`. Compare codes, not labels: the wording of a label may change. */
  code: Scalars['String']['output'];
  /** What the code stands for, in Dutch, e.g. `ICT`. Null when VDAB's lists do not know the code. */
  label?: Maybe<Scalars['String']['output']>;
  /** The list that the code belongs to. */
  lijst: Referentielijst;
  /**
   * The vacancies with this code. Null where VDAB's search has no filter for the list: it has one for `JOBDOMEINEN`, `ERVARING`, `SJABLONEN` and `COMPETENTIES`. Null too where the gateway has it switched off.
   *
   * Needs the scope `vacatures`.
   */
  vacatures?: Maybe<VacatureConnection>;
};


/** A code of VDAB's with its label. Both API versions give the same answer: where VDAB sends a bare code, the label is looked up. */
export type ReferentieVacaturesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
};

/** The reference lists that VDAB's codes come from. */
export type Referentielijst =
  /** Contract durations, e.g. `ONBEPAALD` (onbepaalde duur). */
  | 'ARBEIDSCONTRACTDUREN'
  /** Contract types, e.g. `G` (Gewoon contract) or `I` (Interimcontract). */
  | 'ARBEIDSCONTRACTEN'
  /** Full-time or part-time: `V` (voltijds), `D` (deeltijds). In `ARBEIDSSTELSELS` the same letters mean something else. */
  | 'ARBEIDSREGIMES'
  /** Work schedules, e.g. `D` (Dagwerk) or `Z` (Weekendwerk). */
  | 'ARBEIDSSTELSELS'
  /** Certificates, e.g. "Duikbrevet". VDAB's codes are not public. */
  | 'ATTESTEN'
  /** Technical competences: Competent 1 numbers, e.g. `11721`, or Competent 2 UUIDs. */
  | 'COMPETENTIES'
  /** Diplomas and studies, e.g. `MAE5AHH` (Master TEW: Handelsingenieur). The list to use with Vacature v2 and Kandidaat v1. */
  | 'DIPLOMAS'
  /** Work experience, `0` (Niet van belang) to `4` (Minstens 5 jaar ervaring). */
  | 'ERVARING'
  /** Job domains, `JOBCAT01` (Aankoop) to `JOBCAT24` (Andere). */
  | 'JOBDOMEINEN'
  /** Regions: Eurostat's NUTS codes, with a letter of VDAB's own on the third level, e.g. `BE24` (Provincie Vlaams-Brabant) or `BE231A` (regio Aalst). */
  | 'REGIOS'
  /** Driving licences, e.g. `B` or `BE`; `D_VAK` is a `D` with the certificate of professional competence. */
  | 'RIJBEWIJZEN'
  /** Occupational profiles (beroepsprofielen): Competent 1, e.g. `M140201-1`, or a Competent 2 UUID. */
  | 'SJABLONEN'
  /** Soft skills. Kandidaat v1 uses numbers, e.g. `12`, Competent 2 uses UUIDs. Which number means what is not public. */
  | 'SOFTSKILLS'
  /** Tree of study levels, e.g. `C` (Secundair onderwijs). VDAB asks not to use it with Vacature v2 and Kandidaat v1: use `DIPLOMAS` there. */
  | 'STUDIEBOOM'
  /** Languages, by one letter: `N` (Nederlands), `F` (Frans), `E` (Engels), `D` (Duits). */
  | 'TALEN';

/** The ways in which one can apply. */
export type SollicitatieVia = {
  __typename?: 'SollicitatieVia';
  /** Can one apply by letter? Whether v4 sends it is not public. */
  brief?: Maybe<Scalars['Boolean']['output']>;
  /**
   * E-mail address to apply to.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  email?: Maybe<Scalars['String']['output']>;
  /** Other information about applying, in the employer's own words. */
  extraInfoProcedure?: Maybe<Scalars['String']['output']>;
  /**
   * Fax number to apply to.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  fax?: Maybe<Scalars['String']['output']>;
  /** Can one apply in person? Whether v4 sends it is not public. */
  persoonlijkAanmelden?: Maybe<Scalars['Boolean']['output']>;
  /**
   * Telephone number to call.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  telefoon?: Maybe<Scalars['String']['output']>;
  /** Address of a page with a form. */
  webformulier?: Maybe<Scalars['String']['output']>;
};


/** The ways in which one can apply. */
export type SollicitatieViaExtraInfoProcedureArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

/** How to apply for a vacancy. */
export type Sollicitatieprocedure = {
  __typename?: 'Sollicitatieprocedure';
  /** The contact person. */
  contactpersoon?: Maybe<Contactpersoon>;
  /** Is a CV wanted? */
  cvGewenst?: Maybe<Scalars['Boolean']['output']>;
  /** Is a letter of motivation wanted? */
  motivatiebriefGewenst?: Maybe<Scalars['Boolean']['output']>;
  /** The procedure in the employer's own words. Whether v4 sends it is not public. */
  omschrijving?: Maybe<Scalars['String']['output']>;
  /**
   * The address to apply to. Whether v4 sends it is not public.
   *
   * Personal data: null without the scope `vacatures:contact`.
   */
  sollicitatieAdres?: Maybe<Adres>;
  /** The ways in which one can apply. */
  sollicitatieVia?: Maybe<SollicitatieVia>;
};


/** How to apply for a vacancy. */
export type SollicitatieprocedureOmschrijvingArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

/** Subscriptions, over WebSocket (graphql-transport-ws) and server-sent events. Each event costs the price of the operation. */
export type Subscription = {
  __typename?: 'Subscription';
  /**
   * CVs that change from now on, at least once each and in order per CV. Each event that is sent is in the audit log.
   *
   * Needs the scope `kandidaten`.
   */
  kandidaatGewijzigd: KandidaatWijziging;
  /**
   * Vacancies that change from now on, at least once each and in order per vacancy. The filter is that of a search, without
   * `afstand`, which only VDAB can test.
   *
   * Needs the scope `vacatures`.
   */
  vacatureGewijzigd: VacatureWijziging;
};


/** Subscriptions, over WebSocket (graphql-transport-ws) and server-sent events. Each event costs the price of the operation. */
export type SubscriptionVacatureGewijzigdArgs = {
  filter?: InputMaybe<VacatureFilter>;
};

/** The language of a text, as the gateway detects it: VDAB names none. */
export type Taal = {
  __typename?: 'Taal';
  /** The text that it was detected in: the first of these that is long enough. */
  bron: TaalBron;
  /** ISO 639-1 code, e.g. `nl`. Null when the text is too short or the language unclear. */
  code?: Maybe<Scalars['String']['output']>;
  /** How sure the code is. `ONZEKER` without a code. */
  zekerheid: Zekerheid;
};

/** The texts of a vacancy in which its language is detected. */
export type TaalBron =
  /** `Arbeidsovereenkomst.extra`. */
  | 'EXTRA'
  /** `Functie.omschrijving`. */
  | 'OMSCHRIJVING'
  /** `Vacature.vrijeVereiste`. */
  | 'VRIJE_VEREISTE';

/** How to receive a text that VDAB sends as HTML. */
export type TekstFormaat =
  /** HTML, sanitised: only harmless elements and attributes are left. Safe to put into a page. */
  | 'HTML'
  /** Exactly as VDAB sends it. Never put it into a page unsanitised. */
  | 'RUW'
  /** Plain text: no elements, entities decoded, lists and line breaks as lines. */
  | 'TEKST';

/**
 * A vacancy as VDAB shares it. Any branch may be absent. VDAB names no language: texts are mostly Dutch, sometimes French or English. Name VDAB as the source where you show it.
 *
 * Needs the scope `vacatures`.
 */
export type Vacature = Node & {
  __typename?: 'Vacature';
  /** Number of people wanted, e.g. `1`. */
  aantalJobs?: Maybe<Scalars['Int']['output']>;
  /** What the employer offers: contract, hours, pay. */
  arbeidsovereenkomst?: Maybe<Arbeidsovereenkomst>;
  /** Assistance that VDAB gives with this vacancy. */
  assistentie?: Maybe<Assistentie>;
  /** The occupation of `functie.beroepsprofiel` in the codes that others know. Null without a code, and where the gateway has it switched off. */
  beroep?: Maybe<Beroep>;
  /** The source of the vacancy, e.g. `HRXML_2_4_POSITION_OPENING` or `VDAB_VACATURE_OPENING`. VDAB may add values. */
  bron?: Maybe<Scalars['String']['output']>;
  /** The day the vacancy ends or ended being public. */
  depublicatieDatum?: Maybe<Scalars['Date']['output']>;
  /** The same vacancy as it came in through other channels. */
  dubbels?: Maybe<Dubbels>;
  /** The job itself. */
  functie?: Maybe<Functie>;
  /** Global id: `Vacature:` and the `interneReferentie`. */
  id: Scalars['ID']['output'];
  /** Is the vacancy open to people from other countries? */
  internationaalOpengesteld?: Maybe<Scalars['Boolean']['output']>;
  /** True when `dubbels` names another vacancy as the parent of this one. Best effort on VDAB's side. */
  isDubbel?: Maybe<Scalars['Boolean']['output']>;
  /** The vacancy for search engines: a `JobPosting` of schema.org as JSON-LD, from VDAB's record alone and without contact data. Null where the gateway has it switched off (the default), where the vacancy is not published, and where VDAB's record lacks what search engines require. */
  jobPosting?: Maybe<Scalars['JSON']['output']>;
  /** The life of the vacancy as this gateway saw it. Null when it saw nothing of it, and where the gateway has it switched off. */
  levensloop?: Maybe<Levensloop>;
  /** The organisation that gave the vacancy to VDAB. */
  leverancier?: Maybe<Leverancier>;
  /** The employer behind an intermediary. v4 only; its exact members are not public. */
  opdrachtgever?: Maybe<Opdrachtgever>;
  /**
   * Candidates out of VDAB's search by the region and the studies of this vacancy, with what they share with it. Each one is a read of a CV. Null where the gateway has it switched off.
   *
   * Needs the scope `kandidaten`.
   */
  passendeKandidaten?: Maybe<PassendeKandidaten>;
  /** The place of `tewerkstellingsadres`, repaired, with codes and a point. Null without an address, and where the gateway has it switched off. */
  plaats?: Maybe<Plaats>;
  /** What the candidate must know and be able to do. */
  profiel?: Maybe<Profiel>;
  /** The day the vacancy was published, e.g. `2022-12-13`. */
  publicatieDatum?: Maybe<Scalars['Date']['output']>;
  /** How to apply. */
  sollicitatieprocedure?: Maybe<Sollicitatieprocedure>;
  /** Start of the vacancy, e.g. `2022-12-13`. What starts on it, and whether v4 sends it, is not public. */
  startDatum?: Maybe<Scalars['Date']['output']>;
  /** `GEPUBLICEERD`, `NIET_GEPUBLICEERD` or `AFGESLOTEN` (the last one in v2 only). VDAB may add values. */
  status?: Maybe<Scalars['String']['output']>;
  /** The language of the texts. Null without a text, and where the gateway has it switched off. */
  taal?: Maybe<Taal>;
  /** Where the work is done. */
  tewerkstellingsadres?: Maybe<Adres>;
  /** The references of this vacancy, at VDAB and elsewhere. */
  vacatureReferentie?: Maybe<VacatureReferentie>;
  /** `SJABLOON`, `ONDERWIJS` or `VLAAMSE_OVERHEID_EXTERN`. VDAB may add values. Whether v4 sends it is not public. */
  vacatureType?: Maybe<Scalars['String']['output']>;
  /** Version of the vacancy, from `0`; each change raises it. */
  versie?: Maybe<Scalars['Int']['output']>;
  /** What else is asked of the candidate, in the employer's own words. */
  vrijeVereiste?: Maybe<Scalars['String']['output']>;
};


/**
 * A vacancy as VDAB shares it. Any branch may be absent. VDAB names no language: texts are mostly Dutch, sometimes French or English. Name VDAB as the source where you show it.
 *
 * Needs the scope `vacatures`.
 */
export type VacaturePassendeKandidatenArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * A vacancy as VDAB shares it. Any branch may be absent. VDAB names no language: texts are mostly Dutch, sometimes French or English. Name VDAB as the source where you show it.
 *
 * Needs the scope `vacatures`.
 */
export type VacatureVrijeVereisteArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

/** One page of a list of vacancies. */
export type VacatureConnection = {
  __typename?: 'VacatureConnection';
  /** What a search by distance (`nabij`) covers. Null for other searches. */
  dekking?: Maybe<Dekking>;
  /** The vacancies on this page, each with its cursor. */
  edges: Array<Maybe<VacatureEdge>>;
  /** The vacancies on this page, without their cursors. */
  nodes: Array<Maybe<Vacature>>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of vacancies in the whole list, as VDAB counts them. */
  totaal: Scalars['Int']['output'];
};

/** One vacancy and its position in the list. */
export type VacatureEdge = {
  __typename?: 'VacatureEdge';
  /** Kilometres to the point of `nabij` as the crow flies. Null for other searches. */
  afstandKm?: Maybe<Scalars['Float']['output']>;
  /** The position of this item, to use as `after` or `before`. Opaque: do not parse it. */
  cursor: Scalars['String']['output'];
  /** The vacancy. Null when it was removed after VDAB made the list. */
  node?: Maybe<Vacature>;
};

/** What to look for among the vacancies. Several values of one member: any of them (VDAB does not document it). Several members: all of them. VDAB knows more filters; their names are not public. */
export type VacatureFilter = {
  /** Distance around `postcode`, likely in kilometres. VDAB has such a filter; its form is not public. */
  afstand?: InputMaybe<Scalars['Int']['input']>;
  /** Codes of occupations out of `SJABLONEN`, e.g. `M140201-1` or a Competent 2 UUID. VDAB has such a filter; its form is not public. */
  beroep?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Codes of competences out of `COMPETENTIES`. VDAB has such a filter; its form is not public. */
  competentie?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Codes of experience out of `ERVARING`, e.g. `2`. */
  ervaring?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Leave out duplicates. Best effort on VDAB's side; with it VDAB pages through the first 2,000 results only. */
  filterDubbels?: InputMaybe<Scalars['Boolean']['input']>;
  /** Codes of job domains out of `JOBDOMEINEN`, e.g. `JOBCAT10`. VDAB documents one; whether it takes several is not public. */
  jobdomein?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Belgian postal codes, 4 digits, e.g. `2000`. */
  postcode?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Published in the last so many days, from 1: `1` means since yesterday. */
  sinds?: InputMaybe<Scalars['Int']['input']>;
};

/** The values of a vacancy that filters test, as codes. */
export type VacatureFilterwaarden = {
  __typename?: 'VacatureFilterwaarden';
  /** The code of the occupation. */
  beroep?: Maybe<Scalars['String']['output']>;
  /** Codes of the requirements. */
  competentie: Array<Scalars['String']['output']>;
  /** The code of the required experience. */
  ervaring?: Maybe<Scalars['String']['output']>;
  /** Is it a duplicate, which `filterDubbels` excludes? */
  isDubbel?: Maybe<Scalars['Boolean']['output']>;
  /** Codes of job domains. */
  jobdomein: Array<Scalars['String']['output']>;
  /** The postal code of the workplace. */
  postcode?: Maybe<Scalars['String']['output']>;
  /** The day of publication, which `sinds` tests. A vacancy that becomes too old for `sinds` is not announced. */
  publicatieDatum?: Maybe<Scalars['Date']['output']>;
};

/** The references of a vacancy. */
export type VacatureReferentie = {
  __typename?: 'VacatureReferentie';
  /** The supplier's own reference. */
  externeReferentie?: Maybe<Scalars['String']['output']>;
  /** The reference of a vacancy that came in as HR-XML, e.g. `479-1430-VDAB-BE-131212`. */
  hrxmlReferentie?: Maybe<Scalars['String']['output']>;
  /** VDAB's own id, a UUID today, e.g. `a3e007c0-68d3-4fb7-aa35-c36e96ede172`. Treat it as text of any form. */
  interneReferentie?: Maybe<Scalars['String']['output']>;
  /** The number of the vacancy, as on VDAB's website, e.g. `65866999`. */
  vdabReferentie?: Maybe<Scalars['Long']['output']>;
};

/** What to sort vacancies by. Newest first, as far as known: VDAB does not document the direction. */
export type VacatureSorteerveld =
  /** By the day of publication. */
  | 'PUBLICATIE_DATUM'
  /** By the day of the last change. */
  | 'WIJZIGINGS_DATUM';

/** A row of VDAB's list of changes: a vacancy and its status. */
export type VacatureStatus = {
  __typename?: 'VacatureStatus';
  /** The values that filters test, as this gateway last read them: after a removal, those from before it. Null when it read none. */
  filterwaarden?: Maybe<VacatureFilterwaarden>;
  /** The life of the vacancy as this gateway saw it, a removed one too. */
  levensloop?: Maybe<Levensloop>;
  /** `GEPUBLICEERD`, `NIET_GEPUBLICEERD` or `AFGESLOTEN`; VDAB may add values. Anything but `GEPUBLICEERD` means: remove or hide it. */
  status?: Maybe<Scalars['String']['output']>;
  /** The vacancy, fetched when it is selected. Null when it has been removed. */
  vacature?: Maybe<Vacature>;
  /** The references of the vacancy. VDAB may send `interneReferentie` alone; which others it sends is not public. */
  vacatureReferentie?: Maybe<VacatureReferentie>;
};

/** Statuses of vacancies: one page of a list that can be very long. */
export type VacatureStatusConnection = {
  __typename?: 'VacatureStatusConnection';
  /** The statuses on this page, each with its cursor. */
  edges: Array<Maybe<VacatureStatusEdge>>;
  /** The statuses on this page, without their cursors. */
  nodes: Array<Maybe<VacatureStatus>>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of statuses in the whole list, as VDAB counts them. */
  totaal: Scalars['Int']['output'];
};

/** One status of a vacancy and its position in the list. */
export type VacatureStatusEdge = {
  __typename?: 'VacatureStatusEdge';
  /** The position of this item, to use as `after` or `before`. Opaque: do not parse it. */
  cursor: Scalars['String']['output'];
  /** The status itself. */
  node?: Maybe<VacatureStatus>;
};

/**
 * A vacancy has changed.
 *
 * Needs the scope `vacatures`.
 */
export type VacatureWijziging = {
  __typename?: 'VacatureWijziging';
  /** The cursor to resume after this change: `extensions.sinds` of a new subscription, or `Last-Event-ID`. */
  cursor: Scalars['String']['output'];
  /** The values that the filter tests; of a vacancy that is no longer public, the last ones that this gateway read. Null when it read none, or when the vacancy could not be fetched. */
  filterwaarden?: Maybe<VacatureFilterwaarden>;
  /** Global id of the vacancy. */
  id: Scalars['ID']['output'];
  /** The life of the vacancy as this gateway saw it. */
  levensloop?: Maybe<Levensloop>;
  /** The kind of the change. */
  soort: WijzigingSoort;
  /** The status that VDAB's change feed gives it; see `VacatureStatus.status`. */
  status?: Maybe<Scalars['String']['output']>;
  /** The current vacancy. Null when it is no longer public; with an error when it could not be fetched. */
  vacature?: Maybe<Vacature>;
};

/** Something asked of the candidate: a `Referentie` and what comes with it. */
export type Vereiste = {
  __typename?: 'Vereiste';
  /** VDAB's code, e.g. `B` for a driving licence or `N` for a language. */
  code?: Maybe<Scalars['String']['output']>;
  /** The level of a study, e.g. `C` (Secundair onderwijs). */
  diplomaNiveau?: Maybe<Referentie>;
  /** What the code stands for, e.g. `Nederlands`. May hold line breaks. Null when neither VDAB's answer nor its lists know it. */
  label?: Maybe<Scalars['String']['output']>;
  /** The list that the code belongs to, e.g. `COMPETENTIES`, `SOFTSKILLS`, `TALEN` or `RIJBEWIJZEN`. Null when there is no code or its list is unknown. */
  lijst?: Maybe<Referentielijst>;
  /** How well a language must be known, e.g. label `zeer goed`. The codes are not public. */
  score?: Maybe<Niveau>;
  /** `technischecompetentie`, `softskill`, `talen`, `studie` or `rijbewijs`; possibly `attest`, `competentie`, `vaardigheid` or `kennis`, which is not public. VDAB may add values. */
  type?: Maybe<Scalars['String']['output']>;
};

/** A job the person has or had. */
export type Werkervaring = {
  __typename?: 'Werkervaring';
  /**
   * Job title in the person's own words.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  functieTitel?: Maybe<Scalars['String']['output']>;
  /**
   * Last day. Null when the person still works there.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  tot?: Maybe<Scalars['Date']['output']>;
  /**
   * Kind of experience: `werkervaring` in all known answers. VDAB may add values.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  type?: Maybe<Scalars['String']['output']>;
  /**
   * First day, e.g. `2019-09-01`.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  van?: Maybe<Scalars['Date']['output']>;
  /**
   * Who the person works or worked for.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  werkgever?: Maybe<Werkgever>;
};

/** An employer in a CV. */
export type Werkgever = {
  __typename?: 'Werkgever';
  /**
   * Name in the person's own words.
   *
   * Personal data: null without the scope `kandidaten`.
   */
  naam?: Maybe<Scalars['String']['output']>;
};

/** The kind of a change. */
export type WijzigingSoort =
  /** It is new, or has changed, and the filter finds it. */
  | 'GEWIJZIGD'
  /** It has changed, and VDAB could not be queried. Query it again later. */
  | 'ONBEKEND'
  /** It has changed, and the filter does not find it. Drop it if you have it: the gateway does not know what you have. */
  | 'VERLATEN'
  /** It is no longer public. Sent where the filter found it before, and where the gateway does not know whether it did. */
  | 'VERWIJDERD';

/** How sure a value is that the gateway works out. */
export type Zekerheid =
  /** VDAB's data contradicts itself, or says too little. */
  | 'ONZEKER'
  /** It follows from other data of VDAB, and is right as a rule. */
  | 'WAARSCHIJNLIJK'
  /** VDAB says it, or a table that knows one answer. */
  | 'ZEKER';

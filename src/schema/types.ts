// Generated from the .graphql files in this folder by `npm run codegen`. Do not edit.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { VdabRecord, Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  Date: { input: string; output: string; }
  DateTime: { input: string; output: string; }
  Long: { input: number; output: number; }
  JSON: { input: unknown; output: unknown; }
};

export type TekstFormaat =
  | 'HTML'
  | 'TEKST'
  | 'RUW';

export type Zekerheid =
  | 'ZEKER'
  | 'WAARSCHIJNLIJK'
  | 'ONZEKER';

export type Node = {
  readonly id: Scalars['ID']['output'];
};

export type PageInfo = {
  readonly hasNextPage: Scalars['Boolean']['output'];
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  readonly startCursor?: Maybe<Scalars['String']['output']>;
  readonly endCursor?: Maybe<Scalars['String']['output']>;
};

export type Query = {
  readonly node?: Maybe<Node>;
  readonly kandidaat?: Maybe<Kandidaat>;
  readonly kandidaten: KandidaatConnection;
  readonly referenties: ReadonlyArray<Referentie>;
  readonly referentie?: Maybe<Referentie>;
  readonly vacature?: Maybe<Vacature>;
  readonly vacatures: VacatureConnection;
  readonly vacaturesOpId: ReadonlyArray<Maybe<Vacature>>;
  readonly vacaturesInitieel: VacatureStatusConnection;
  readonly vacatureWijzigingen: VacatureStatusConnection;
  readonly kandidaatWijzigingen: KandidaatStatusConnection;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryKandidaatArgs = {
  id: Scalars['ID']['input'];
};


export type QueryKandidatenArgs = {
  filter?: InputMaybe<KandidaatFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


export type QueryReferentiesArgs = {
  lijst: Referentielijst;
  trefwoord?: InputMaybe<Scalars['String']['input']>;
};


export type QueryReferentieArgs = {
  lijst: Referentielijst;
  code: Scalars['String']['input'];
};


export type QueryVacatureArgs = {
  id: Scalars['ID']['input'];
};


export type QueryVacaturesArgs = {
  filter?: InputMaybe<VacatureFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  sorteerveld?: InputMaybe<VacatureSorteerveld>;
  nabij?: InputMaybe<Nabij>;
};


export type QueryVacaturesOpIdArgs = {
  ids: ReadonlyArray<Scalars['ID']['input']>;
};


export type QueryVacaturesInitieelArgs = {
  datum: Scalars['Date']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


export type QueryVacatureWijzigingenArgs = {
  van: Scalars['DateTime']['input'];
  tot?: InputMaybe<Scalars['DateTime']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


export type QueryKandidaatWijzigingenArgs = {
  van: Scalars['DateTime']['input'];
  tot?: InputMaybe<Scalars['DateTime']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};

export type Beroep = {
  readonly competent?: Maybe<Beroepscode>;
  readonly rome?: Maybe<Beroepscode>;
  readonly isco?: Maybe<Beroepscode>;
  readonly escoUri?: Maybe<Beroepscode>;
};

export type Beroepscode = {
  readonly code: Scalars['String']['output'];
  readonly zekerheid: Zekerheid;
  readonly bron: BeroepBron;
};

export type BeroepBron =
  | 'VDAB'
  | 'COMPETENT'
  | 'TABEL';

export type Kandidaat = Node & {
  readonly id: Scalars['ID']['output'];
  readonly cvId?: Maybe<Scalars['String']['output']>;
  readonly status?: Maybe<Scalars['String']['output']>;
  readonly wijzigingsDatum?: Maybe<Scalars['Date']['output']>;
  readonly iklId?: Maybe<Scalars['Long']['output']>;
  readonly persoonlijkeInteresse?: Maybe<Scalars['JSON']['output']>;
  readonly natuurlijkPersoon?: Maybe<NatuurlijkPersoon>;
  readonly ervaringen?: Maybe<ReadonlyArray<Maybe<Werkervaring>>>;
  readonly opleidingen?: Maybe<ReadonlyArray<Maybe<Opleiding>>>;
  readonly attesteringen?: Maybe<ReadonlyArray<Maybe<Attestering>>>;
  readonly competenties?: Maybe<ReadonlyArray<Maybe<Competentie>>>;
  readonly gewensteJob?: Maybe<GewensteJob>;
  readonly plaats?: Maybe<Plaats>;
  readonly passendeVacatures?: Maybe<PassendeVacatures>;
};


export type KandidaatPassendeVacaturesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type KandidaatConnection = {
  readonly totaal: Scalars['Int']['output'];
  readonly nodes: ReadonlyArray<Maybe<Kandidaat>>;
  readonly edges: ReadonlyArray<Maybe<KandidaatEdge>>;
  readonly pageInfo: PageInfo;
};

export type KandidaatEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node?: Maybe<Kandidaat>;
};

export type NatuurlijkPersoon = {
  readonly gsm?: Maybe<Scalars['String']['output']>;
  readonly officieelAdres?: Maybe<Persoonsadres>;
  readonly contactAdres?: Maybe<Persoonsadres>;
  readonly email?: Maybe<Scalars['String']['output']>;
  readonly achternaam?: Maybe<Scalars['String']['output']>;
  readonly voornaam?: Maybe<Scalars['String']['output']>;
  readonly roepnaam?: Maybe<Scalars['String']['output']>;
  readonly website?: Maybe<Scalars['String']['output']>;
  readonly geslacht?: Maybe<Scalars['String']['output']>;
  readonly nationaliteit?: Maybe<Scalars['String']['output']>;
  readonly geboortedatum?: Maybe<Scalars['Date']['output']>;
};

export type Persoonsadres = {
  readonly straat?: Maybe<Scalars['String']['output']>;
  readonly huisnummer?: Maybe<Scalars['String']['output']>;
  readonly busnummer?: Maybe<Scalars['String']['output']>;
  readonly postcode?: Maybe<Scalars['String']['output']>;
  readonly gemeente?: Maybe<Scalars['String']['output']>;
  readonly land?: Maybe<Scalars['String']['output']>;
};

export type Werkervaring = {
  readonly type?: Maybe<Scalars['String']['output']>;
  readonly functieTitel?: Maybe<Scalars['String']['output']>;
  readonly van?: Maybe<Scalars['Date']['output']>;
  readonly tot?: Maybe<Scalars['Date']['output']>;
  readonly werkgever?: Maybe<Werkgever>;
};

export type Werkgever = {
  readonly naam?: Maybe<Scalars['String']['output']>;
};

export type Opleiding = {
  readonly type?: Maybe<Scalars['String']['output']>;
  readonly info?: Maybe<Scalars['String']['output']>;
  readonly behaaldOp?: Maybe<Scalars['Date']['output']>;
  readonly behaaldIn?: Maybe<Scalars['Int']['output']>;
  readonly diploma?: Maybe<Scalars['Boolean']['output']>;
  readonly naam?: Maybe<Referentie>;
};

export type Attestering = {
  readonly type?: Maybe<Scalars['String']['output']>;
  readonly code?: Maybe<Scalars['String']['output']>;
  readonly label?: Maybe<Scalars['String']['output']>;
  readonly lijst?: Maybe<Referentielijst>;
  readonly eigenWagen?: Maybe<Scalars['Boolean']['output']>;
};

export type Competentie = {
  readonly type?: Maybe<Scalars['String']['output']>;
  readonly code?: Maybe<Scalars['String']['output']>;
  readonly label?: Maybe<Scalars['String']['output']>;
  readonly lijst?: Maybe<Referentielijst>;
  readonly niveau?: Maybe<Niveau>;
  readonly score?: Maybe<Niveau>;
  readonly naam?: Maybe<Scalars['String']['output']>;
  readonly beschrijving?: Maybe<Scalars['String']['output']>;
};

export type GewensteJob = {
  readonly arbeidsRegimes?: Maybe<ReadonlyArray<Referentie>>;
  readonly arbeidsStelsels?: Maybe<ReadonlyArray<Referentie>>;
  readonly regios?: Maybe<ReadonlyArray<Referentie>>;
  readonly functies?: Maybe<ReadonlyArray<Maybe<GewensteFunctie>>>;
};

export type GewensteFunctie = {
  readonly titel?: Maybe<Scalars['String']['output']>;
  readonly ervaring?: Maybe<Referentie>;
  readonly beroepsprofiel?: Maybe<Referentie>;
  readonly beroep?: Maybe<Beroep>;
};

export type KandidaatFilter = {
  readonly studies?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  readonly gewensteRegios?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

export type Levensloop = {
  readonly eersteKeerGezien: Scalars['DateTime']['output'];
  readonly laatstGewijzigd?: Maybe<Scalars['DateTime']['output']>;
  readonly verwijderdOp?: Maybe<Scalars['DateTime']['output']>;
  readonly reden?: Maybe<Scalars['String']['output']>;
  readonly gewijzigdeVelden: ReadonlyArray<Scalars['String']['output']>;
  readonly sinds: Scalars['DateTime']['output'];
  readonly bron: LevensloopBron;
  readonly zekerheid: Zekerheid;
};

export type LevensloopBron =
  | 'FEED'
  | 'GELEZEN';

export type PassendeKandidaten = {
  readonly items: ReadonlyArray<Maybe<PassendeKandidaat>>;
  readonly dekking: PassendDekking;
};

export type PassendeKandidaat = {
  readonly kandidaat?: Maybe<Kandidaat>;
  readonly beroep?: Maybe<Overlap>;
  readonly competenties?: Maybe<Overlap>;
  readonly talen?: Maybe<Overlap>;
  readonly studies?: Maybe<Overlap>;
  readonly rijbewijzen?: Maybe<Overlap>;
  readonly regio?: Maybe<Overlap>;
};

export type PassendeVacatures = {
  readonly items: ReadonlyArray<Maybe<PassendeVacature>>;
  readonly dekking: PassendDekking;
};

export type PassendeVacature = {
  readonly vacature?: Maybe<Vacature>;
  readonly beroep?: Maybe<Overlap>;
  readonly competenties?: Maybe<Overlap>;
  readonly talen?: Maybe<Overlap>;
  readonly studies?: Maybe<Overlap>;
  readonly rijbewijzen?: Maybe<Overlap>;
  readonly regio?: Maybe<Overlap>;
};

export type Overlap = {
  readonly gedeeld?: Maybe<ReadonlyArray<Referentie>>;
  readonly ontbrekend?: Maybe<ReadonlyArray<Referentie>>;
};

export type PassendDekking = {
  readonly vergeleken: Scalars['Int']['output'];
  readonly totaal: Scalars['Int']['output'];
};

export type Plaats = {
  readonly nisCode?: Maybe<Scalars['String']['output']>;
  readonly gemeente?: Maybe<Scalars['String']['output']>;
  readonly postcode?: Maybe<Scalars['String']['output']>;
  readonly provincie?: Maybe<Scalars['String']['output']>;
  readonly coordinaten?: Maybe<Coordinaten>;
  readonly precisie: PlaatsPrecisie;
  readonly bron: PlaatsBron;
  readonly zekerheid: Zekerheid;
};

export type Coordinaten = {
  readonly breedte: Scalars['Float']['output'];
  readonly lengte: Scalars['Float']['output'];
};

export type PlaatsPrecisie =
  | 'COORDINATEN'
  | 'POSTCODE'
  | 'GEMEENTE'
  | 'PROVINCIE'
  | 'REGIO'
  | 'ONBEKEND';

export type PlaatsBron =
  | 'VDAB'
  | 'GELEERD'
  | 'GEONAMES';

export type Dekking = {
  readonly bekend: Scalars['Int']['output'];
  readonly totaal: Scalars['Int']['output'];
};

export type Nabij = {
  readonly postcode?: InputMaybe<Scalars['String']['input']>;
  readonly breedte?: InputMaybe<Scalars['Float']['input']>;
  readonly lengte?: InputMaybe<Scalars['Float']['input']>;
  readonly binnenKm?: InputMaybe<Scalars['Float']['input']>;
};

export type Referentielijst =
  | 'JOBDOMEINEN'
  | 'DIPLOMAS'
  | 'RIJBEWIJZEN'
  | 'ATTESTEN'
  | 'ARBEIDSSTELSELS'
  | 'ARBEIDSREGIMES'
  | 'ARBEIDSCONTRACTDUREN'
  | 'ARBEIDSCONTRACTEN'
  | 'SOFTSKILLS'
  | 'COMPETENTIES'
  | 'SJABLONEN'
  | 'STUDIEBOOM'
  | 'TALEN'
  | 'ERVARING'
  | 'REGIOS';

export type Referentie = {
  readonly code: Scalars['String']['output'];
  readonly label?: Maybe<Scalars['String']['output']>;
  readonly lijst: Referentielijst;
  readonly vacatures?: Maybe<VacatureConnection>;
};


export type ReferentieVacaturesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};

export type Taal = {
  readonly code?: Maybe<Scalars['String']['output']>;
  readonly zekerheid: Zekerheid;
  readonly bron: TaalBron;
};

export type TaalBron =
  | 'OMSCHRIJVING'
  | 'EXTRA'
  | 'VRIJE_VEREISTE';

export type Vacature = Node & {
  readonly id: Scalars['ID']['output'];
  readonly vacatureReferentie?: Maybe<VacatureReferentie>;
  readonly status?: Maybe<Scalars['String']['output']>;
  readonly aantalJobs?: Maybe<Scalars['Int']['output']>;
  readonly bron?: Maybe<Scalars['String']['output']>;
  readonly leverancier?: Maybe<Leverancier>;
  readonly opdrachtgever?: Maybe<Opdrachtgever>;
  readonly publicatieDatum?: Maybe<Scalars['Date']['output']>;
  readonly depublicatieDatum?: Maybe<Scalars['Date']['output']>;
  readonly startDatum?: Maybe<Scalars['Date']['output']>;
  readonly versie?: Maybe<Scalars['Int']['output']>;
  readonly vrijeVereiste?: Maybe<Scalars['String']['output']>;
  readonly internationaalOpengesteld?: Maybe<Scalars['Boolean']['output']>;
  readonly vacatureType?: Maybe<Scalars['String']['output']>;
  readonly functie?: Maybe<Functie>;
  readonly profiel?: Maybe<Profiel>;
  readonly arbeidsovereenkomst?: Maybe<Arbeidsovereenkomst>;
  readonly tewerkstellingsadres?: Maybe<Adres>;
  readonly sollicitatieprocedure?: Maybe<Sollicitatieprocedure>;
  readonly assistentie?: Maybe<Assistentie>;
  readonly dubbels?: Maybe<Dubbels>;
  readonly isDubbel?: Maybe<Scalars['Boolean']['output']>;
  readonly plaats?: Maybe<Plaats>;
  readonly taal?: Maybe<Taal>;
  readonly beroep?: Maybe<Beroep>;
  readonly passendeKandidaten?: Maybe<PassendeKandidaten>;
  readonly jobPosting?: Maybe<Scalars['JSON']['output']>;
  readonly levensloop?: Maybe<Levensloop>;
};


export type VacatureVrijeVereisteArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};


export type VacaturePassendeKandidatenArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type VacatureConnection = {
  readonly totaal: Scalars['Int']['output'];
  readonly nodes: ReadonlyArray<Maybe<Vacature>>;
  readonly edges: ReadonlyArray<Maybe<VacatureEdge>>;
  readonly pageInfo: PageInfo;
  readonly dekking?: Maybe<Dekking>;
};

export type VacatureEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node?: Maybe<Vacature>;
  readonly afstandKm?: Maybe<Scalars['Float']['output']>;
};

export type VacatureReferentie = {
  readonly interneReferentie?: Maybe<Scalars['String']['output']>;
  readonly vdabReferentie?: Maybe<Scalars['Long']['output']>;
  readonly hrxmlReferentie?: Maybe<Scalars['String']['output']>;
  readonly externeReferentie?: Maybe<Scalars['String']['output']>;
};

export type Leverancier = {
  readonly kboNummer?: Maybe<Scalars['String']['output']>;
  readonly naam?: Maybe<Scalars['String']['output']>;
  readonly prioriteit?: Maybe<Scalars['Int']['output']>;
  readonly type?: Maybe<Scalars['String']['output']>;
};

export type Opdrachtgever = {
  readonly naam?: Maybe<Scalars['String']['output']>;
  readonly kboNummer?: Maybe<Scalars['String']['output']>;
};

export type Functie = {
  readonly functieTitel?: Maybe<Scalars['String']['output']>;
  readonly omschrijving?: Maybe<Scalars['String']['output']>;
  readonly jobdomeinen?: Maybe<ReadonlyArray<Referentie>>;
  readonly beroepsprofiel?: Maybe<Beroepsprofiel>;
};


export type FunctieOmschrijvingArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

export type Beroepsprofiel = {
  readonly code?: Maybe<Scalars['String']['output']>;
  readonly label?: Maybe<Scalars['String']['output']>;
  readonly lijst?: Maybe<Referentielijst>;
  readonly ervaring?: Maybe<Referentie>;
};

export type Profiel = {
  readonly vereisten?: Maybe<ReadonlyArray<Maybe<Vereiste>>>;
};

export type Vereiste = {
  readonly type?: Maybe<Scalars['String']['output']>;
  readonly code?: Maybe<Scalars['String']['output']>;
  readonly label?: Maybe<Scalars['String']['output']>;
  readonly lijst?: Maybe<Referentielijst>;
  readonly score?: Maybe<Niveau>;
  readonly diplomaNiveau?: Maybe<Referentie>;
};

export type Niveau = {
  readonly code?: Maybe<Scalars['String']['output']>;
  readonly label?: Maybe<Scalars['String']['output']>;
};

export type Arbeidsovereenkomst = {
  readonly arbeidsContract?: Maybe<Referentie>;
  readonly arbeidsContractDuur?: Maybe<Referentie>;
  readonly arbeidsRegime?: Maybe<Referentie>;
  readonly arbeidsStelsel?: Maybe<ReadonlyArray<Referentie>>;
  readonly aantalUur?: Maybe<Scalars['Float']['output']>;
  readonly aantalDagen?: Maybe<Scalars['Float']['output']>;
  readonly minimumBrutoLoon?: Maybe<Scalars['Float']['output']>;
  readonly maximumBrutoLoon?: Maybe<Scalars['Float']['output']>;
  readonly vermoedelijkeStartdatum?: Maybe<Scalars['String']['output']>;
  readonly extra?: Maybe<Scalars['String']['output']>;
};


export type ArbeidsovereenkomstExtraArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

export type Adres = {
  readonly straat?: Maybe<Scalars['String']['output']>;
  readonly huisnummer?: Maybe<Scalars['String']['output']>;
  readonly busnummer?: Maybe<Scalars['String']['output']>;
  readonly postcode?: Maybe<Scalars['String']['output']>;
  readonly gemeente?: Maybe<Scalars['String']['output']>;
  readonly landCode?: Maybe<Scalars['String']['output']>;
  readonly regioCode?: Maybe<Referentie>;
  readonly provincie?: Maybe<Referentie>;
  readonly locatie?: Maybe<Locatie>;
};

export type Locatie = {
  readonly latitude?: Maybe<Scalars['Float']['output']>;
  readonly longitude?: Maybe<Scalars['Float']['output']>;
};

export type Sollicitatieprocedure = {
  readonly cvGewenst?: Maybe<Scalars['Boolean']['output']>;
  readonly motivatiebriefGewenst?: Maybe<Scalars['Boolean']['output']>;
  readonly omschrijving?: Maybe<Scalars['String']['output']>;
  readonly sollicitatieAdres?: Maybe<Adres>;
  readonly contactpersoon?: Maybe<Contactpersoon>;
  readonly sollicitatieVia?: Maybe<SollicitatieVia>;
};


export type SollicitatieprocedureOmschrijvingArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

export type Contactpersoon = {
  readonly naam?: Maybe<Scalars['String']['output']>;
  readonly aanspreking?: Maybe<Scalars['String']['output']>;
  readonly functie?: Maybe<Scalars['String']['output']>;
  readonly telefoonNummer?: Maybe<Scalars['String']['output']>;
  readonly fax?: Maybe<Scalars['String']['output']>;
  readonly email?: Maybe<Scalars['String']['output']>;
};

export type SollicitatieVia = {
  readonly webformulier?: Maybe<Scalars['String']['output']>;
  readonly email?: Maybe<Scalars['String']['output']>;
  readonly telefoon?: Maybe<Scalars['String']['output']>;
  readonly fax?: Maybe<Scalars['String']['output']>;
  readonly extraInfoProcedure?: Maybe<Scalars['String']['output']>;
  readonly brief?: Maybe<Scalars['Boolean']['output']>;
  readonly persoonlijkAanmelden?: Maybe<Scalars['Boolean']['output']>;
};


export type SollicitatieViaExtraInfoProcedureArgs = {
  formaat?: InputMaybe<TekstFormaat>;
};

export type Assistentie = {
  readonly irmAssistentie?: Maybe<IrmAssistentie>;
};

export type IrmAssistentie = {
  readonly irmRegioCodes?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
};

export type Dubbels = {
  readonly parentUuid?: Maybe<Scalars['String']['output']>;
  readonly dubbelIds?: Maybe<ReadonlyArray<Scalars['Long']['output']>>;
  readonly reden?: Maybe<ReadonlyArray<DubbelReden>>;
  readonly leden?: Maybe<ReadonlyArray<DubbelLid>>;
};

export type DubbelLid = {
  readonly interneReferentie: Scalars['String']['output'];
  readonly reden: DubbelReden;
  readonly zekerheid: Zekerheid;
  readonly vacature?: Maybe<Vacature>;
};

export type DubbelReden =
  | 'VDAB'
  | 'TEKST';

export type VacatureFilter = {
  readonly jobdomein?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  readonly postcode?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  readonly ervaring?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  readonly sinds?: InputMaybe<Scalars['Int']['input']>;
  readonly beroep?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  readonly competentie?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  readonly afstand?: InputMaybe<Scalars['Int']['input']>;
  readonly filterDubbels?: InputMaybe<Scalars['Boolean']['input']>;
};

export type VacatureSorteerveld =
  | 'PUBLICATIE_DATUM'
  | 'WIJZIGINGS_DATUM';

export type VacatureStatusConnection = {
  readonly totaal: Scalars['Int']['output'];
  readonly nodes: ReadonlyArray<Maybe<VacatureStatus>>;
  readonly edges: ReadonlyArray<Maybe<VacatureStatusEdge>>;
  readonly pageInfo: PageInfo;
};

export type VacatureStatusEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node?: Maybe<VacatureStatus>;
};

export type VacatureStatus = {
  readonly vacatureReferentie?: Maybe<VacatureReferentie>;
  readonly status?: Maybe<Scalars['String']['output']>;
  readonly vacature?: Maybe<Vacature>;
  readonly filterwaarden?: Maybe<VacatureFilterwaarden>;
  readonly levensloop?: Maybe<Levensloop>;
};

export type KandidaatStatusConnection = {
  readonly totaal: Scalars['Int']['output'];
  readonly nodes: ReadonlyArray<Maybe<KandidaatStatus>>;
  readonly edges: ReadonlyArray<Maybe<KandidaatStatusEdge>>;
  readonly pageInfo: PageInfo;
};

export type KandidaatStatusEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node?: Maybe<KandidaatStatus>;
};

export type KandidaatStatus = {
  readonly cvId?: Maybe<Scalars['String']['output']>;
  readonly status?: Maybe<Scalars['String']['output']>;
  readonly kandidaat?: Maybe<Kandidaat>;
};

export type WijzigingSoort =
  | 'GEWIJZIGD'
  | 'VERLATEN'
  | 'VERWIJDERD'
  | 'ONBEKEND';

export type VacatureFilterwaarden = {
  readonly jobdomein: ReadonlyArray<Scalars['String']['output']>;
  readonly postcode?: Maybe<Scalars['String']['output']>;
  readonly ervaring?: Maybe<Scalars['String']['output']>;
  readonly beroep?: Maybe<Scalars['String']['output']>;
  readonly competentie: ReadonlyArray<Scalars['String']['output']>;
  readonly publicatieDatum?: Maybe<Scalars['Date']['output']>;
  readonly isDubbel?: Maybe<Scalars['Boolean']['output']>;
};

export type VacatureWijziging = {
  readonly id: Scalars['ID']['output'];
  readonly soort: WijzigingSoort;
  readonly status?: Maybe<Scalars['String']['output']>;
  readonly cursor: Scalars['String']['output'];
  readonly filterwaarden?: Maybe<VacatureFilterwaarden>;
  readonly levensloop?: Maybe<Levensloop>;
  readonly vacature?: Maybe<Vacature>;
};

export type KandidaatWijziging = {
  readonly id: Scalars['ID']['output'];
  readonly soort: WijzigingSoort;
  readonly cvId?: Maybe<Scalars['String']['output']>;
  readonly status?: Maybe<Scalars['String']['output']>;
  readonly cursor: Scalars['String']['output'];
  readonly kandidaat?: Maybe<Kandidaat>;
};

export type Subscription = {
  readonly vacatureGewijzigd: VacatureWijziging;
  readonly kandidaatGewijzigd: KandidaatWijziging;
};


export type SubscriptionVacatureGewijzigdArgs = {
  filter?: InputMaybe<VacatureFilter>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Long: ResolverTypeWrapper<Scalars['Long']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  TekstFormaat: TekstFormaat;
  Zekerheid: Zekerheid;
  Node: ResolverTypeWrapper<VdabRecord>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  PageInfo: ResolverTypeWrapper<VdabRecord>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Beroep: ResolverTypeWrapper<VdabRecord>;
  Beroepscode: ResolverTypeWrapper<VdabRecord>;
  BeroepBron: BeroepBron;
  Kandidaat: ResolverTypeWrapper<VdabRecord>;
  KandidaatConnection: ResolverTypeWrapper<VdabRecord>;
  KandidaatEdge: ResolverTypeWrapper<VdabRecord>;
  NatuurlijkPersoon: ResolverTypeWrapper<VdabRecord>;
  Persoonsadres: ResolverTypeWrapper<VdabRecord>;
  Werkervaring: ResolverTypeWrapper<VdabRecord>;
  Werkgever: ResolverTypeWrapper<VdabRecord>;
  Opleiding: ResolverTypeWrapper<VdabRecord>;
  Attestering: ResolverTypeWrapper<VdabRecord>;
  Competentie: ResolverTypeWrapper<VdabRecord>;
  GewensteJob: ResolverTypeWrapper<VdabRecord>;
  GewensteFunctie: ResolverTypeWrapper<VdabRecord>;
  KandidaatFilter: KandidaatFilter;
  Levensloop: ResolverTypeWrapper<VdabRecord>;
  LevensloopBron: LevensloopBron;
  PassendeKandidaten: ResolverTypeWrapper<VdabRecord>;
  PassendeKandidaat: ResolverTypeWrapper<VdabRecord>;
  PassendeVacatures: ResolverTypeWrapper<VdabRecord>;
  PassendeVacature: ResolverTypeWrapper<VdabRecord>;
  Overlap: ResolverTypeWrapper<VdabRecord>;
  PassendDekking: ResolverTypeWrapper<VdabRecord>;
  Plaats: ResolverTypeWrapper<VdabRecord>;
  Coordinaten: ResolverTypeWrapper<VdabRecord>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  PlaatsPrecisie: PlaatsPrecisie;
  PlaatsBron: PlaatsBron;
  Dekking: ResolverTypeWrapper<VdabRecord>;
  Nabij: Nabij;
  Referentielijst: Referentielijst;
  Referentie: ResolverTypeWrapper<VdabRecord>;
  Taal: ResolverTypeWrapper<VdabRecord>;
  TaalBron: TaalBron;
  Vacature: ResolverTypeWrapper<VdabRecord>;
  VacatureConnection: ResolverTypeWrapper<VdabRecord>;
  VacatureEdge: ResolverTypeWrapper<VdabRecord>;
  VacatureReferentie: ResolverTypeWrapper<VdabRecord>;
  Leverancier: ResolverTypeWrapper<VdabRecord>;
  Opdrachtgever: ResolverTypeWrapper<VdabRecord>;
  Functie: ResolverTypeWrapper<VdabRecord>;
  Beroepsprofiel: ResolverTypeWrapper<VdabRecord>;
  Profiel: ResolverTypeWrapper<VdabRecord>;
  Vereiste: ResolverTypeWrapper<VdabRecord>;
  Niveau: ResolverTypeWrapper<VdabRecord>;
  Arbeidsovereenkomst: ResolverTypeWrapper<VdabRecord>;
  Adres: ResolverTypeWrapper<VdabRecord>;
  Locatie: ResolverTypeWrapper<VdabRecord>;
  Sollicitatieprocedure: ResolverTypeWrapper<VdabRecord>;
  Contactpersoon: ResolverTypeWrapper<VdabRecord>;
  SollicitatieVia: ResolverTypeWrapper<VdabRecord>;
  Assistentie: ResolverTypeWrapper<VdabRecord>;
  IrmAssistentie: ResolverTypeWrapper<VdabRecord>;
  Dubbels: ResolverTypeWrapper<VdabRecord>;
  DubbelLid: ResolverTypeWrapper<VdabRecord>;
  DubbelReden: DubbelReden;
  VacatureFilter: VacatureFilter;
  VacatureSorteerveld: VacatureSorteerveld;
  VacatureStatusConnection: ResolverTypeWrapper<VdabRecord>;
  VacatureStatusEdge: ResolverTypeWrapper<VdabRecord>;
  VacatureStatus: ResolverTypeWrapper<VdabRecord>;
  KandidaatStatusConnection: ResolverTypeWrapper<VdabRecord>;
  KandidaatStatusEdge: ResolverTypeWrapper<VdabRecord>;
  KandidaatStatus: ResolverTypeWrapper<VdabRecord>;
  WijzigingSoort: WijzigingSoort;
  VacatureFilterwaarden: ResolverTypeWrapper<VdabRecord>;
  VacatureWijziging: ResolverTypeWrapper<VdabRecord>;
  KandidaatWijziging: ResolverTypeWrapper<VdabRecord>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  Long: Scalars['Long']['output'];
  JSON: Scalars['JSON']['output'];
  Node: VdabRecord;
  ID: Scalars['ID']['output'];
  PageInfo: VdabRecord;
  Query: Record<PropertyKey, never>;
  Beroep: VdabRecord;
  Beroepscode: VdabRecord;
  Kandidaat: VdabRecord;
  KandidaatConnection: VdabRecord;
  KandidaatEdge: VdabRecord;
  NatuurlijkPersoon: VdabRecord;
  Persoonsadres: VdabRecord;
  Werkervaring: VdabRecord;
  Werkgever: VdabRecord;
  Opleiding: VdabRecord;
  Attestering: VdabRecord;
  Competentie: VdabRecord;
  GewensteJob: VdabRecord;
  GewensteFunctie: VdabRecord;
  KandidaatFilter: KandidaatFilter;
  Levensloop: VdabRecord;
  PassendeKandidaten: VdabRecord;
  PassendeKandidaat: VdabRecord;
  PassendeVacatures: VdabRecord;
  PassendeVacature: VdabRecord;
  Overlap: VdabRecord;
  PassendDekking: VdabRecord;
  Plaats: VdabRecord;
  Coordinaten: VdabRecord;
  Float: Scalars['Float']['output'];
  Dekking: VdabRecord;
  Nabij: Nabij;
  Referentie: VdabRecord;
  Taal: VdabRecord;
  Vacature: VdabRecord;
  VacatureConnection: VdabRecord;
  VacatureEdge: VdabRecord;
  VacatureReferentie: VdabRecord;
  Leverancier: VdabRecord;
  Opdrachtgever: VdabRecord;
  Functie: VdabRecord;
  Beroepsprofiel: VdabRecord;
  Profiel: VdabRecord;
  Vereiste: VdabRecord;
  Niveau: VdabRecord;
  Arbeidsovereenkomst: VdabRecord;
  Adres: VdabRecord;
  Locatie: VdabRecord;
  Sollicitatieprocedure: VdabRecord;
  Contactpersoon: VdabRecord;
  SollicitatieVia: VdabRecord;
  Assistentie: VdabRecord;
  IrmAssistentie: VdabRecord;
  Dubbels: VdabRecord;
  DubbelLid: VdabRecord;
  VacatureFilter: VacatureFilter;
  VacatureStatusConnection: VdabRecord;
  VacatureStatusEdge: VdabRecord;
  VacatureStatus: VdabRecord;
  KandidaatStatusConnection: VdabRecord;
  KandidaatStatusEdge: VdabRecord;
  KandidaatStatus: VdabRecord;
  VacatureFilterwaarden: VdabRecord;
  VacatureWijziging: VdabRecord;
  KandidaatWijziging: VdabRecord;
  Subscription: Record<PropertyKey, never>;
  String: Scalars['String']['output'];
  Int: Scalars['Int']['output'];
  Boolean: Scalars['Boolean']['output'];
};

export type LijstDirectiveArgs = {
  naam: Referentielijst;
};

export type LijstDirectiveResolver<Result, Parent, ContextType = Context, Args = LijstDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type HtmlDirectiveArgs = { };

export type HtmlDirectiveResolver<Result, Parent, ContextType = Context, Args = HtmlDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ScopeDirectiveArgs = {
  naam: Scalars['String']['input'];
};

export type ScopeDirectiveResolver<Result, Parent, ContextType = Context, Args = ScopeDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PersoonsgegevenDirectiveArgs = {
  scope: Scalars['String']['input'];
};

export type PersoonsgegevenDirectiveResolver<Result, Parent, ContextType = Context, Args = PersoonsgegevenDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PersoonlijkDirectiveArgs = { };

export type PersoonlijkDirectiveResolver<Result, Parent, ContextType = Context, Args = PersoonlijkDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type OpenbaarDirectiveArgs = { };

export type OpenbaarDirectiveResolver<Result, Parent, ContextType = Context, Args = OpenbaarDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type CostDirectiveArgs = {
  weight: Scalars['String']['input'];
};

export type CostDirectiveResolver<Result, Parent, ContextType = Context, Args = CostDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ListSizeDirectiveArgs = {
  assumedSize?: Maybe<Scalars['Int']['input']>;
  slicingArguments?: Maybe<ReadonlyArray<Scalars['String']['input']>>;
  sizedFields?: Maybe<ReadonlyArray<Scalars['String']['input']>>;
  requireOneSlicingArgument?: Maybe<Scalars['Boolean']['input']>;
};

export type ListSizeDirectiveResolver<Result, Parent, ContextType = Context, Args = ListSizeDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type LijstenDirectiveArgs = {
  namen: ReadonlyArray<Referentielijst>;
};

export type LijstenDirectiveResolver<Result, Parent, ContextType = Context, Args = LijstenDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AfzonderlijkDirectiveArgs = { };

export type AfzonderlijkDirectiveResolver<Result, Parent, ContextType = Context, Args = AfzonderlijkDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface LongScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Long'], any> {
  name: 'Long';
}

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Kandidaat' | 'Vacature', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  kandidaat?: Resolver<Maybe<ResolversTypes['Kandidaat']>, ParentType, ContextType, RequireFields<QueryKandidaatArgs, 'id'>>;
  kandidaten?: Resolver<ResolversTypes['KandidaatConnection'], ParentType, ContextType, RequireFields<QueryKandidatenArgs, 'first'>>;
  referenties?: Resolver<ReadonlyArray<ResolversTypes['Referentie']>, ParentType, ContextType, RequireFields<QueryReferentiesArgs, 'lijst'>>;
  referentie?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType, RequireFields<QueryReferentieArgs, 'lijst' | 'code'>>;
  vacature?: Resolver<Maybe<ResolversTypes['Vacature']>, ParentType, ContextType, RequireFields<QueryVacatureArgs, 'id'>>;
  vacatures?: Resolver<ResolversTypes['VacatureConnection'], ParentType, ContextType, RequireFields<QueryVacaturesArgs, 'first'>>;
  vacaturesOpId?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Vacature']>>, ParentType, ContextType, RequireFields<QueryVacaturesOpIdArgs, 'ids'>>;
  vacaturesInitieel?: Resolver<ResolversTypes['VacatureStatusConnection'], ParentType, ContextType, RequireFields<QueryVacaturesInitieelArgs, 'datum' | 'first'>>;
  vacatureWijzigingen?: Resolver<ResolversTypes['VacatureStatusConnection'], ParentType, ContextType, RequireFields<QueryVacatureWijzigingenArgs, 'van' | 'first'>>;
  kandidaatWijzigingen?: Resolver<ResolversTypes['KandidaatStatusConnection'], ParentType, ContextType, RequireFields<QueryKandidaatWijzigingenArgs, 'van' | 'first'>>;
};

export type BeroepResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Beroep'] = ResolversParentTypes['Beroep']> = {
  competent?: Resolver<Maybe<ResolversTypes['Beroepscode']>, ParentType, ContextType>;
  rome?: Resolver<Maybe<ResolversTypes['Beroepscode']>, ParentType, ContextType>;
  isco?: Resolver<Maybe<ResolversTypes['Beroepscode']>, ParentType, ContextType>;
  escoUri?: Resolver<Maybe<ResolversTypes['Beroepscode']>, ParentType, ContextType>;
};

export type BeroepscodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Beroepscode'] = ResolversParentTypes['Beroepscode']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  zekerheid?: Resolver<ResolversTypes['Zekerheid'], ParentType, ContextType>;
  bron?: Resolver<ResolversTypes['BeroepBron'], ParentType, ContextType>;
};

export type KandidaatResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Kandidaat'] = ResolversParentTypes['Kandidaat']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cvId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  wijzigingsDatum?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  iklId?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  persoonlijkeInteresse?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  natuurlijkPersoon?: Resolver<Maybe<ResolversTypes['NatuurlijkPersoon']>, ParentType, ContextType>;
  ervaringen?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Werkervaring']>>>, ParentType, ContextType>;
  opleidingen?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Opleiding']>>>, ParentType, ContextType>;
  attesteringen?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Attestering']>>>, ParentType, ContextType>;
  competenties?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Competentie']>>>, ParentType, ContextType>;
  gewensteJob?: Resolver<Maybe<ResolversTypes['GewensteJob']>, ParentType, ContextType>;
  plaats?: Resolver<Maybe<ResolversTypes['Plaats']>, ParentType, ContextType>;
  passendeVacatures?: Resolver<Maybe<ResolversTypes['PassendeVacatures']>, ParentType, ContextType, RequireFields<KandidaatPassendeVacaturesArgs, 'first'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type KandidaatConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KandidaatConnection'] = ResolversParentTypes['KandidaatConnection']> = {
  totaal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Kandidaat']>>, ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<Maybe<ResolversTypes['KandidaatEdge']>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type KandidaatEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KandidaatEdge'] = ResolversParentTypes['KandidaatEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Kandidaat']>, ParentType, ContextType>;
};

export type NatuurlijkPersoonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NatuurlijkPersoon'] = ResolversParentTypes['NatuurlijkPersoon']> = {
  gsm?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  officieelAdres?: Resolver<Maybe<ResolversTypes['Persoonsadres']>, ParentType, ContextType>;
  contactAdres?: Resolver<Maybe<ResolversTypes['Persoonsadres']>, ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  achternaam?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  voornaam?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  roepnaam?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  website?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  geslacht?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  nationaliteit?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  geboortedatum?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
};

export type PersoonsadresResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Persoonsadres'] = ResolversParentTypes['Persoonsadres']> = {
  straat?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  huisnummer?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  busnummer?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  postcode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  gemeente?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  land?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type WerkervaringResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Werkervaring'] = ResolversParentTypes['Werkervaring']> = {
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  functieTitel?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  van?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  tot?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  werkgever?: Resolver<Maybe<ResolversTypes['Werkgever']>, ParentType, ContextType>;
};

export type WerkgeverResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Werkgever'] = ResolversParentTypes['Werkgever']> = {
  naam?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type OpleidingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Opleiding'] = ResolversParentTypes['Opleiding']> = {
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  info?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  behaaldOp?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  behaaldIn?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  diploma?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  naam?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
};

export type AttesteringResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Attestering'] = ResolversParentTypes['Attestering']> = {
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lijst?: Resolver<Maybe<ResolversTypes['Referentielijst']>, ParentType, ContextType>;
  eigenWagen?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
};

export type CompetentieResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Competentie'] = ResolversParentTypes['Competentie']> = {
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lijst?: Resolver<Maybe<ResolversTypes['Referentielijst']>, ParentType, ContextType>;
  niveau?: Resolver<Maybe<ResolversTypes['Niveau']>, ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Niveau']>, ParentType, ContextType>;
  naam?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  beschrijving?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type GewensteJobResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GewensteJob'] = ResolversParentTypes['GewensteJob']> = {
  arbeidsRegimes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Referentie']>>, ParentType, ContextType>;
  arbeidsStelsels?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Referentie']>>, ParentType, ContextType>;
  regios?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Referentie']>>, ParentType, ContextType>;
  functies?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['GewensteFunctie']>>>, ParentType, ContextType>;
};

export type GewensteFunctieResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GewensteFunctie'] = ResolversParentTypes['GewensteFunctie']> = {
  titel?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ervaring?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
  beroepsprofiel?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
  beroep?: Resolver<Maybe<ResolversTypes['Beroep']>, ParentType, ContextType>;
};

export type LevensloopResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Levensloop'] = ResolversParentTypes['Levensloop']> = {
  eersteKeerGezien?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  laatstGewijzigd?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  verwijderdOp?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  reden?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  gewijzigdeVelden?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  sinds?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  bron?: Resolver<ResolversTypes['LevensloopBron'], ParentType, ContextType>;
  zekerheid?: Resolver<ResolversTypes['Zekerheid'], ParentType, ContextType>;
};

export type PassendeKandidatenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PassendeKandidaten'] = ResolversParentTypes['PassendeKandidaten']> = {
  items?: Resolver<ReadonlyArray<Maybe<ResolversTypes['PassendeKandidaat']>>, ParentType, ContextType>;
  dekking?: Resolver<ResolversTypes['PassendDekking'], ParentType, ContextType>;
};

export type PassendeKandidaatResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PassendeKandidaat'] = ResolversParentTypes['PassendeKandidaat']> = {
  kandidaat?: Resolver<Maybe<ResolversTypes['Kandidaat']>, ParentType, ContextType>;
  beroep?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  competenties?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  talen?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  studies?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  rijbewijzen?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  regio?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
};

export type PassendeVacaturesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PassendeVacatures'] = ResolversParentTypes['PassendeVacatures']> = {
  items?: Resolver<ReadonlyArray<Maybe<ResolversTypes['PassendeVacature']>>, ParentType, ContextType>;
  dekking?: Resolver<ResolversTypes['PassendDekking'], ParentType, ContextType>;
};

export type PassendeVacatureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PassendeVacature'] = ResolversParentTypes['PassendeVacature']> = {
  vacature?: Resolver<Maybe<ResolversTypes['Vacature']>, ParentType, ContextType>;
  beroep?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  competenties?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  talen?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  studies?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  rijbewijzen?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
  regio?: Resolver<Maybe<ResolversTypes['Overlap']>, ParentType, ContextType>;
};

export type OverlapResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Overlap'] = ResolversParentTypes['Overlap']> = {
  gedeeld?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Referentie']>>, ParentType, ContextType>;
  ontbrekend?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Referentie']>>, ParentType, ContextType>;
};

export type PassendDekkingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PassendDekking'] = ResolversParentTypes['PassendDekking']> = {
  vergeleken?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totaal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PlaatsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Plaats'] = ResolversParentTypes['Plaats']> = {
  nisCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  gemeente?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  postcode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  provincie?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  coordinaten?: Resolver<Maybe<ResolversTypes['Coordinaten']>, ParentType, ContextType>;
  precisie?: Resolver<ResolversTypes['PlaatsPrecisie'], ParentType, ContextType>;
  bron?: Resolver<ResolversTypes['PlaatsBron'], ParentType, ContextType>;
  zekerheid?: Resolver<ResolversTypes['Zekerheid'], ParentType, ContextType>;
};

export type CoordinatenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Coordinaten'] = ResolversParentTypes['Coordinaten']> = {
  breedte?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  lengte?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type DekkingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Dekking'] = ResolversParentTypes['Dekking']> = {
  bekend?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  totaal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReferentieResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Referentie'] = ResolversParentTypes['Referentie']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lijst?: Resolver<ResolversTypes['Referentielijst'], ParentType, ContextType>;
  vacatures?: Resolver<Maybe<ResolversTypes['VacatureConnection']>, ParentType, ContextType, RequireFields<ReferentieVacaturesArgs, 'first'>>;
};

export type TaalResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Taal'] = ResolversParentTypes['Taal']> = {
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  zekerheid?: Resolver<ResolversTypes['Zekerheid'], ParentType, ContextType>;
  bron?: Resolver<ResolversTypes['TaalBron'], ParentType, ContextType>;
};

export type VacatureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Vacature'] = ResolversParentTypes['Vacature']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  vacatureReferentie?: Resolver<Maybe<ResolversTypes['VacatureReferentie']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  aantalJobs?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  bron?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  leverancier?: Resolver<Maybe<ResolversTypes['Leverancier']>, ParentType, ContextType>;
  opdrachtgever?: Resolver<Maybe<ResolversTypes['Opdrachtgever']>, ParentType, ContextType>;
  publicatieDatum?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  depublicatieDatum?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  startDatum?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  versie?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  vrijeVereiste?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<VacatureVrijeVereisteArgs, 'formaat'>>;
  internationaalOpengesteld?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  vacatureType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  functie?: Resolver<Maybe<ResolversTypes['Functie']>, ParentType, ContextType>;
  profiel?: Resolver<Maybe<ResolversTypes['Profiel']>, ParentType, ContextType>;
  arbeidsovereenkomst?: Resolver<Maybe<ResolversTypes['Arbeidsovereenkomst']>, ParentType, ContextType>;
  tewerkstellingsadres?: Resolver<Maybe<ResolversTypes['Adres']>, ParentType, ContextType>;
  sollicitatieprocedure?: Resolver<Maybe<ResolversTypes['Sollicitatieprocedure']>, ParentType, ContextType>;
  assistentie?: Resolver<Maybe<ResolversTypes['Assistentie']>, ParentType, ContextType>;
  dubbels?: Resolver<Maybe<ResolversTypes['Dubbels']>, ParentType, ContextType>;
  isDubbel?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  plaats?: Resolver<Maybe<ResolversTypes['Plaats']>, ParentType, ContextType>;
  taal?: Resolver<Maybe<ResolversTypes['Taal']>, ParentType, ContextType>;
  beroep?: Resolver<Maybe<ResolversTypes['Beroep']>, ParentType, ContextType>;
  passendeKandidaten?: Resolver<Maybe<ResolversTypes['PassendeKandidaten']>, ParentType, ContextType, RequireFields<VacaturePassendeKandidatenArgs, 'first'>>;
  jobPosting?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  levensloop?: Resolver<Maybe<ResolversTypes['Levensloop']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type VacatureConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VacatureConnection'] = ResolversParentTypes['VacatureConnection']> = {
  totaal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<Maybe<ResolversTypes['Vacature']>>, ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<Maybe<ResolversTypes['VacatureEdge']>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  dekking?: Resolver<Maybe<ResolversTypes['Dekking']>, ParentType, ContextType>;
};

export type VacatureEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VacatureEdge'] = ResolversParentTypes['VacatureEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Vacature']>, ParentType, ContextType>;
  afstandKm?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type VacatureReferentieResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VacatureReferentie'] = ResolversParentTypes['VacatureReferentie']> = {
  interneReferentie?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vdabReferentie?: Resolver<Maybe<ResolversTypes['Long']>, ParentType, ContextType>;
  hrxmlReferentie?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  externeReferentie?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type LeverancierResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Leverancier'] = ResolversParentTypes['Leverancier']> = {
  kboNummer?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  naam?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  prioriteit?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type OpdrachtgeverResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Opdrachtgever'] = ResolversParentTypes['Opdrachtgever']> = {
  naam?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kboNummer?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FunctieResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Functie'] = ResolversParentTypes['Functie']> = {
  functieTitel?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  omschrijving?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<FunctieOmschrijvingArgs, 'formaat'>>;
  jobdomeinen?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Referentie']>>, ParentType, ContextType>;
  beroepsprofiel?: Resolver<Maybe<ResolversTypes['Beroepsprofiel']>, ParentType, ContextType>;
};

export type BeroepsprofielResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Beroepsprofiel'] = ResolversParentTypes['Beroepsprofiel']> = {
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lijst?: Resolver<Maybe<ResolversTypes['Referentielijst']>, ParentType, ContextType>;
  ervaring?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
};

export type ProfielResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Profiel'] = ResolversParentTypes['Profiel']> = {
  vereisten?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Vereiste']>>>, ParentType, ContextType>;
};

export type VereisteResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Vereiste'] = ResolversParentTypes['Vereiste']> = {
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lijst?: Resolver<Maybe<ResolversTypes['Referentielijst']>, ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Niveau']>, ParentType, ContextType>;
  diplomaNiveau?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
};

export type NiveauResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Niveau'] = ResolversParentTypes['Niveau']> = {
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ArbeidsovereenkomstResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Arbeidsovereenkomst'] = ResolversParentTypes['Arbeidsovereenkomst']> = {
  arbeidsContract?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
  arbeidsContractDuur?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
  arbeidsRegime?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
  arbeidsStelsel?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Referentie']>>, ParentType, ContextType>;
  aantalUur?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  aantalDagen?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  minimumBrutoLoon?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  maximumBrutoLoon?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  vermoedelijkeStartdatum?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  extra?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<ArbeidsovereenkomstExtraArgs, 'formaat'>>;
};

export type AdresResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Adres'] = ResolversParentTypes['Adres']> = {
  straat?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  huisnummer?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  busnummer?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  postcode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  gemeente?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  landCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  regioCode?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
  provincie?: Resolver<Maybe<ResolversTypes['Referentie']>, ParentType, ContextType>;
  locatie?: Resolver<Maybe<ResolversTypes['Locatie']>, ParentType, ContextType>;
};

export type LocatieResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Locatie'] = ResolversParentTypes['Locatie']> = {
  latitude?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  longitude?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type SollicitatieprocedureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Sollicitatieprocedure'] = ResolversParentTypes['Sollicitatieprocedure']> = {
  cvGewenst?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  motivatiebriefGewenst?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  omschrijving?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<SollicitatieprocedureOmschrijvingArgs, 'formaat'>>;
  sollicitatieAdres?: Resolver<Maybe<ResolversTypes['Adres']>, ParentType, ContextType>;
  contactpersoon?: Resolver<Maybe<ResolversTypes['Contactpersoon']>, ParentType, ContextType>;
  sollicitatieVia?: Resolver<Maybe<ResolversTypes['SollicitatieVia']>, ParentType, ContextType>;
};

export type ContactpersoonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Contactpersoon'] = ResolversParentTypes['Contactpersoon']> = {
  naam?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  aanspreking?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  functie?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  telefoonNummer?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fax?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SollicitatieViaResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SollicitatieVia'] = ResolversParentTypes['SollicitatieVia']> = {
  webformulier?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  telefoon?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fax?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  extraInfoProcedure?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType, RequireFields<SollicitatieViaExtraInfoProcedureArgs, 'formaat'>>;
  brief?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  persoonlijkAanmelden?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
};

export type AssistentieResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Assistentie'] = ResolversParentTypes['Assistentie']> = {
  irmAssistentie?: Resolver<Maybe<ResolversTypes['IrmAssistentie']>, ParentType, ContextType>;
};

export type IrmAssistentieResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IrmAssistentie'] = ResolversParentTypes['IrmAssistentie']> = {
  irmRegioCodes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
};

export type DubbelsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Dubbels'] = ResolversParentTypes['Dubbels']> = {
  parentUuid?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  dubbelIds?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Long']>>, ParentType, ContextType>;
  reden?: Resolver<Maybe<ReadonlyArray<ResolversTypes['DubbelReden']>>, ParentType, ContextType>;
  leden?: Resolver<Maybe<ReadonlyArray<ResolversTypes['DubbelLid']>>, ParentType, ContextType>;
};

export type DubbelLidResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DubbelLid'] = ResolversParentTypes['DubbelLid']> = {
  interneReferentie?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reden?: Resolver<ResolversTypes['DubbelReden'], ParentType, ContextType>;
  zekerheid?: Resolver<ResolversTypes['Zekerheid'], ParentType, ContextType>;
  vacature?: Resolver<Maybe<ResolversTypes['Vacature']>, ParentType, ContextType>;
};

export type VacatureStatusConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VacatureStatusConnection'] = ResolversParentTypes['VacatureStatusConnection']> = {
  totaal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<Maybe<ResolversTypes['VacatureStatus']>>, ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<Maybe<ResolversTypes['VacatureStatusEdge']>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type VacatureStatusEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VacatureStatusEdge'] = ResolversParentTypes['VacatureStatusEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['VacatureStatus']>, ParentType, ContextType>;
};

export type VacatureStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VacatureStatus'] = ResolversParentTypes['VacatureStatus']> = {
  vacatureReferentie?: Resolver<Maybe<ResolversTypes['VacatureReferentie']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  vacature?: Resolver<Maybe<ResolversTypes['Vacature']>, ParentType, ContextType>;
  filterwaarden?: Resolver<Maybe<ResolversTypes['VacatureFilterwaarden']>, ParentType, ContextType>;
  levensloop?: Resolver<Maybe<ResolversTypes['Levensloop']>, ParentType, ContextType>;
};

export type KandidaatStatusConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KandidaatStatusConnection'] = ResolversParentTypes['KandidaatStatusConnection']> = {
  totaal?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  nodes?: Resolver<ReadonlyArray<Maybe<ResolversTypes['KandidaatStatus']>>, ParentType, ContextType>;
  edges?: Resolver<ReadonlyArray<Maybe<ResolversTypes['KandidaatStatusEdge']>>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type KandidaatStatusEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KandidaatStatusEdge'] = ResolversParentTypes['KandidaatStatusEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['KandidaatStatus']>, ParentType, ContextType>;
};

export type KandidaatStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KandidaatStatus'] = ResolversParentTypes['KandidaatStatus']> = {
  cvId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kandidaat?: Resolver<Maybe<ResolversTypes['Kandidaat']>, ParentType, ContextType>;
};

export type VacatureFilterwaardenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VacatureFilterwaarden'] = ResolversParentTypes['VacatureFilterwaarden']> = {
  jobdomein?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  postcode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ervaring?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  beroep?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  competentie?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  publicatieDatum?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  isDubbel?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
};

export type VacatureWijzigingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VacatureWijziging'] = ResolversParentTypes['VacatureWijziging']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  soort?: Resolver<ResolversTypes['WijzigingSoort'], ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  filterwaarden?: Resolver<Maybe<ResolversTypes['VacatureFilterwaarden']>, ParentType, ContextType>;
  levensloop?: Resolver<Maybe<ResolversTypes['Levensloop']>, ParentType, ContextType>;
  vacature?: Resolver<Maybe<ResolversTypes['Vacature']>, ParentType, ContextType>;
};

export type KandidaatWijzigingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KandidaatWijziging'] = ResolversParentTypes['KandidaatWijziging']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  soort?: Resolver<ResolversTypes['WijzigingSoort'], ParentType, ContextType>;
  cvId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kandidaat?: Resolver<Maybe<ResolversTypes['Kandidaat']>, ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  vacatureGewijzigd?: SubscriptionResolver<ResolversTypes['VacatureWijziging'], "vacatureGewijzigd", ParentType, ContextType, Partial<SubscriptionVacatureGewijzigdArgs>>;
  kandidaatGewijzigd?: SubscriptionResolver<ResolversTypes['KandidaatWijziging'], "kandidaatGewijzigd", ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  Date?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Long?: GraphQLScalarType;
  JSON?: GraphQLScalarType;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Beroep?: BeroepResolvers<ContextType>;
  Beroepscode?: BeroepscodeResolvers<ContextType>;
  Kandidaat?: KandidaatResolvers<ContextType>;
  KandidaatConnection?: KandidaatConnectionResolvers<ContextType>;
  KandidaatEdge?: KandidaatEdgeResolvers<ContextType>;
  NatuurlijkPersoon?: NatuurlijkPersoonResolvers<ContextType>;
  Persoonsadres?: PersoonsadresResolvers<ContextType>;
  Werkervaring?: WerkervaringResolvers<ContextType>;
  Werkgever?: WerkgeverResolvers<ContextType>;
  Opleiding?: OpleidingResolvers<ContextType>;
  Attestering?: AttesteringResolvers<ContextType>;
  Competentie?: CompetentieResolvers<ContextType>;
  GewensteJob?: GewensteJobResolvers<ContextType>;
  GewensteFunctie?: GewensteFunctieResolvers<ContextType>;
  Levensloop?: LevensloopResolvers<ContextType>;
  PassendeKandidaten?: PassendeKandidatenResolvers<ContextType>;
  PassendeKandidaat?: PassendeKandidaatResolvers<ContextType>;
  PassendeVacatures?: PassendeVacaturesResolvers<ContextType>;
  PassendeVacature?: PassendeVacatureResolvers<ContextType>;
  Overlap?: OverlapResolvers<ContextType>;
  PassendDekking?: PassendDekkingResolvers<ContextType>;
  Plaats?: PlaatsResolvers<ContextType>;
  Coordinaten?: CoordinatenResolvers<ContextType>;
  Dekking?: DekkingResolvers<ContextType>;
  Referentie?: ReferentieResolvers<ContextType>;
  Taal?: TaalResolvers<ContextType>;
  Vacature?: VacatureResolvers<ContextType>;
  VacatureConnection?: VacatureConnectionResolvers<ContextType>;
  VacatureEdge?: VacatureEdgeResolvers<ContextType>;
  VacatureReferentie?: VacatureReferentieResolvers<ContextType>;
  Leverancier?: LeverancierResolvers<ContextType>;
  Opdrachtgever?: OpdrachtgeverResolvers<ContextType>;
  Functie?: FunctieResolvers<ContextType>;
  Beroepsprofiel?: BeroepsprofielResolvers<ContextType>;
  Profiel?: ProfielResolvers<ContextType>;
  Vereiste?: VereisteResolvers<ContextType>;
  Niveau?: NiveauResolvers<ContextType>;
  Arbeidsovereenkomst?: ArbeidsovereenkomstResolvers<ContextType>;
  Adres?: AdresResolvers<ContextType>;
  Locatie?: LocatieResolvers<ContextType>;
  Sollicitatieprocedure?: SollicitatieprocedureResolvers<ContextType>;
  Contactpersoon?: ContactpersoonResolvers<ContextType>;
  SollicitatieVia?: SollicitatieViaResolvers<ContextType>;
  Assistentie?: AssistentieResolvers<ContextType>;
  IrmAssistentie?: IrmAssistentieResolvers<ContextType>;
  Dubbels?: DubbelsResolvers<ContextType>;
  DubbelLid?: DubbelLidResolvers<ContextType>;
  VacatureStatusConnection?: VacatureStatusConnectionResolvers<ContextType>;
  VacatureStatusEdge?: VacatureStatusEdgeResolvers<ContextType>;
  VacatureStatus?: VacatureStatusResolvers<ContextType>;
  KandidaatStatusConnection?: KandidaatStatusConnectionResolvers<ContextType>;
  KandidaatStatusEdge?: KandidaatStatusEdgeResolvers<ContextType>;
  KandidaatStatus?: KandidaatStatusResolvers<ContextType>;
  VacatureFilterwaarden?: VacatureFilterwaardenResolvers<ContextType>;
  VacatureWijziging?: VacatureWijzigingResolvers<ContextType>;
  KandidaatWijziging?: KandidaatWijzigingResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = Context> = {
  lijst?: LijstDirectiveResolver<any, any, ContextType>;
  html?: HtmlDirectiveResolver<any, any, ContextType>;
  scope?: ScopeDirectiveResolver<any, any, ContextType>;
  persoonsgegeven?: PersoonsgegevenDirectiveResolver<any, any, ContextType>;
  persoonlijk?: PersoonlijkDirectiveResolver<any, any, ContextType>;
  openbaar?: OpenbaarDirectiveResolver<any, any, ContextType>;
  cost?: CostDirectiveResolver<any, any, ContextType>;
  listSize?: ListSizeDirectiveResolver<any, any, ContextType>;
  lijsten?: LijstenDirectiveResolver<any, any, ContextType>;
  afzonderlijk?: AfzonderlijkDirectiveResolver<any, any, ContextType>;
};

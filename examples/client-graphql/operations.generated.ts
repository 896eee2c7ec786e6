/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
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

/** What to look for among the vacancies. Several values of one member: any of them (VDAB does not document it). Several members: all of them. VDAB knows more filters; their names are not public. */
export type VacatureFilter = {
  /** Distance around `postcode`, likely in kilometres. VDAB has such a filter; its form is not public. */
  afstand?: number | null | undefined;
  /** Codes of occupations out of `SJABLONEN`, e.g. `M140201-1` or a Competent 2 UUID. VDAB has such a filter; its form is not public. */
  beroep?: Array<string> | null | undefined;
  /** Codes of competences out of `COMPETENTIES`. VDAB has such a filter; its form is not public. */
  competentie?: Array<string> | null | undefined;
  /** Codes of experience out of `ERVARING`, e.g. `2`. */
  ervaring?: Array<string> | null | undefined;
  /** Leave out duplicates. Best effort on VDAB's side; with it VDAB pages through the first 2,000 results only. */
  filterDubbels?: boolean | null | undefined;
  /** Codes of job domains out of `JOBDOMEINEN`, e.g. `JOBCAT10`. VDAB documents one; whether it takes several is not public. */
  jobdomein?: Array<string> | null | undefined;
  /** Belgian postal codes, 4 digits, e.g. `2000`. */
  postcode?: Array<string> | null | undefined;
  /** Published in the last so many days, from 1: `1` means since yesterday. */
  sinds?: number | null | undefined;
};

export type ZoekVacaturesQueryVariables = Exact<{
  filter?: VacatureFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ZoekVacaturesQuery = { vacatures: { totaal: number, nodes: Array<{ id: string, publicatieDatum: string | null, vacatureReferentie: { interneReferentie: string | null } | null, functie: { functieTitel: string | null, jobdomeinen: Array<{ code: string, label: string | null, lijst: Referentielijst }> | null } | null } | null>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LeesVacatureQueryVariables = Exact<{
  id: string | number;
}>;


export type LeesVacatureQuery = { vacature: { id: string, functie: { functieTitel: string | null } | null } | null };


export const ZoekVacaturesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ZoekVacatures"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"VacatureFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"vacatures"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totaal"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"publicatieDatum"}},{"kind":"Field","name":{"kind":"Name","value":"vacatureReferentie"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"interneReferentie"}}]}},{"kind":"Field","name":{"kind":"Name","value":"functie"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"functieTitel"}},{"kind":"Field","name":{"kind":"Name","value":"jobdomeinen"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"label"}},{"kind":"Field","name":{"kind":"Name","value":"lijst"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<ZoekVacaturesQuery, ZoekVacaturesQueryVariables>;
export const LeesVacatureDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"LeesVacature"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"vacature"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"functie"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"functieTitel"}}]}}]}}]}}]} as unknown as DocumentNode<LeesVacatureQuery, LeesVacatureQueryVariables>;
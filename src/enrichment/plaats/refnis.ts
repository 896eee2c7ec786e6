/**
 * Corrections of the municipalities of GeoNames. Source: REFNIS of Statbel (the codes and names of 1 January 2019 and
 * 2025), general knowledge. Municipalities that are not listed have GeoNames' name and code.
 */

/** Codes that a merger or a move replaced in 2019 or 2025, with the current code; empty = unknown. */
export const replacedNis: Readonly<Record<string, string>> = {
  // mergers of 2019
  ...{ '12030': '12041', '12034': '12041', '44001': '44084', '44029': '44084', '44011': '44083', '44049': '44083' },
  ...{ '44036': '44085', '44072': '44085', '44080': '44085', '45017': '45068', '45057': '45068' },
  ...{ '71047': '72042', '72040': '72042', '72025': '72043', '72029': '72043' },
  // other arrondissements of Hainaut, 2019
  ...{ '54007': '57096', '54010': '57097', '55022': '58001', '56011': '58002', '56085': '58003', '56087': '58004' },
  ...{ '55010': '51067', '55039': '51068', '55023': '51069', '52043': '', '52063': '' },
  // mergers of 2025
  ...{ '11007': '11002', '11056': '46030', '46003': '46030', '46013': '46030', '46014': '46029', '44045': '46029' },
  ...{ '23023': '23106', '23024': '23106', '23032': '23106', '37015': '37022', '37007': '37022' },
  ...{ '37018': '37021', '37012': '37021', '44048': '44086', '44012': '44086', '44034': '44087', '44073': '44087' },
  ...{ '44043': '44088', '44040': '44088', '71057': '71071', '71069': '71071', '71022': '71072', '73040': '71072' },
  ...{ '73006': '73110', '73032': '73110', '73083': '73111', '73009': '73111', '82003': '82039', '82005': '82039' }
}

/** Misleading names in GeoNames: hamlets with the name of another municipality. */
export const misleading: ReadonlySet<string> = new Set(['23102 Bever', '52055 Brunehault', '23097 Ledeberg'])

/**
 * The code, the name in Dutch, and other used names: the local name, and former names of parts of the municipality. If
 * a row with the same code has no coordinates, they come from the first name in GeoNames.
 */
const rows = `
11002 Antwerpen|Anvers|Antwerp|Berchem|Merksem|Borgerhout|Wilrijk|Ekeren|Berendrecht|Zandvliet|Lillo
11057 Malle|Westmalle
12025 Mechelen|Malines|Walem|Hombeek|Leest
12041 Puurs-Sint-Amands
13053 Laakdal
21001 Anderlecht
21002 Oudergem|Auderghem
21003 Sint-Agatha-Berchem|Berchem-Sainte-Agathe
21004 Brussel|Bruxelles|Laken|Laeken|Neder-Over-Heembeek|Haren
21005 Etterbeek
21006 Evere
21007 Vorst|Forest
21008 Ganshoren
21009 Elsene|Ixelles
21010 Jette
21011 Koekelberg
21012 Sint-Jans-Molenbeek|Molenbeek-Saint-Jean|Molenbeek
21013 Sint-Gillis|Saint-Gilles
21014 Sint-Joost-ten-Node|Saint-Josse-ten-Noode
21015 Schaarbeek|Schaerbeek
21016 Ukkel|Uccle
21017 Watermaal-Bosvoorde|Watermael-Boitsfort
21018 Sint-Lambrechts-Woluwe|Woluwe-Saint-Lambert
21019 Sint-Pieters-Woluwe|Woluwe-Saint-Pierre
23002 Asse|Zellik
23009 Bever|Biévène
23016 Dilbeek|Groot-Bijgaarden|Itterbeek|Schepdaal
23025 Grimbergen|Strombeek-Bever
23027 Halle|Hal|Buizingen|Lembeek
23088 Vilvoorde|Vilvorde|Peutie
23094 Zaventem|Nossegem|Sterrebeek|Sint-Stevens-Woluwe
23097 Roosdaal
23101 Sint-Genesius-Rode|Rhode-Saint-Genèse
23104 Lennik|Sint-Kwintens-Lennik
23105 Affligem
23106 Pajottegem
24062 Leuven|Louvain|Heverlee|Kessel-Lo|Wilsele|Wijgmaal
24107 Tienen|Tirlemont
24133 Linter
24134 Scherpenheuvel-Zichem|Scherpenheuvel|Zichem
24135 Tielt-Winge
25005 Bevekom
25014 Eigenbrakel
25015 Kasteelbrakel
25031 Genepiën
25037 Graven
25044 Itter
25048 Geldenaken
25050 Terhulpen
25072 Nijvel
25084 Perwijs
25105 Tubeke
25112 Waver
25117 Chastre
25118 Hélécine
25119 Lasne
25120 Orp-Jauche
25121 Ottignies-Louvain-la-Neuve
25123 Rebecq
25124 Walhain
31005 Brugge|Bruges|Assebroek|Sint-Andries|Sint-Michiels|Lissewege|Dudzele|Koolkerke
32030 Lo-Reninge
33011 Ieper|Ypres
33016 Mesen|Messines
33039 Heuvelland
33040 Langemark-Poelkapelle
33041 Vleteren
34022 Kortrijk|Courtrai|Marke|Heule|Bissegem|Rollegem|Bellegem|Aalbeke
34043 Spiere-Helkijn
35013 Oostende|Ostende
35029 De Haan
36015 Roeselare|Roulers|Rumbeke
37021 Wingene
37022 Tielt
38014 Koksijde|Coxyde
41002 Aalst|Alost|Erembodegem
41027 Herzele
41082 Erpe-Mere
42006 Dendermonde|Termonde
44021 Gent|Gand|Ghent|Sint-Amandsberg|Gentbrugge|Drongen|Wondelgem|Oostakker|Zwijnaarde|Sint-Denijs-Westrem|Mariakerke
44083 Deinze
44084 Aalter
44085 Lievegem
44086 Nazareth-De Pinte
44087 Lochristi
44088 Merelbeke-Melle
45041 Ronse|Renaix
45059 Brakel
45060 Kluisbergen
45061 Wortegem-Petegem
45062 Horebeke
45063 Lierde
45064 Maarkedal
45065 Zwalm
45068 Kruisem
46021 Sint-Niklaas|Saint-Nicolas|Belsele|Sinaai
46025 Temse|Tamise
46029 Lokeren
46030 Beveren-Kruibeke-Zwijndrecht
51004 Aat
51017 Elzele
51019 Vloesberg
51067 Edingen
51068 Opzullik
51069 Lessen
53053 Bergen
55004 's-Gravenbrakel
55035 Le Roeulx
55040 Zinnik
57081 Doornik
57096 Moeskroen
57097 Komen-Waasten|Comines-Warneton|Komen|Comines
58003 Estinnes
58004 Morlanwelz
61031 Hoei
62011 Bitsingen
62063 Luik
62108 Wezet
62120 Flémalle
63001 Amel
63012 Büllingen
63013 Bütgenbach
63040 Kelmis
63067 Sankt Vith
63087 Burg-Reuland
64034 Hannuit
64074 Borgworm
71053 Sint-Truiden|Saint-Trond
71070 Heusden-Zolder|Zolder
71071 Tessenderlo-Ham|Ham
71072 Hasselt|Kuringen|Kermt|Stevoort
72037 Hamont-Achel|Hamont|Achel
72038 Hechtel-Eksel|Hechtel|Eksel
72039 Houthalen-Helchteren
72041 Dilsen-Stokkem|Dilsen|Stokkem
72042 Oudsbergen|Meeuwen-Gruitrode
72043 Pelt
73001 Alken
73028 Herstappe
73109 Voeren|Fourons
73110 Bilzen-Hoeselt
73111 Tongeren-Borgloon|Tongres
81001 Aarlen
82039 Bastenaken
92003 Andenne
92048 Fosses-la-Ville
92094 Namen
92142 Gembloers
`

/** The rows of REFNIS that cannot be derived from GeoNames: code, name in Dutch, other names. */
export const refnis: readonly { nisCode: string; gemeente: string; names: readonly string[] }[] = rows
  .trim()
  .split('\n')
  .map((row) => {
    const names = row.slice(6).split('|')
    return { nisCode: row.slice(0, 5), gemeente: names[0] ?? '', names }
  })

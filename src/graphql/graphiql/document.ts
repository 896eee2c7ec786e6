import type { createAssets } from './assets.ts'

/** The configuration of the page. Demo keys exist on the simulator only. */
export interface PageConfig {
  simulator: boolean
  /** can the page change a vacancy of the simulator? */
  canChange?: boolean
  demoKey?: string
  demoKeys?: readonly string[]
  demoDoel?: string
}

type Page = ReturnType<typeof createAssets>['page']

const escaped = (config: PageConfig) => JSON.stringify(config).replaceAll('<', '\\u003c')

type Rendering = { page: Page; config: PageConfig; nonce: string; root: string }

/**
 * The HTML of the page. URLs are relative to the root of the gateway, so that the page works behind a path prefix:
 * `root` is `./` for the page at /graphiql, and `../` at /graphiql/.
 */
export const renderDocument = ({ page: { script, style, icon }, config, nonce, root }: Rendering) => `<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>VDAB gateway – GraphiQL</title>
<link rel="icon" type="image/svg+xml" href="${root}graphiql/assets/${icon}">
<link rel="stylesheet" href="${root}graphiql/assets/${style}" nonce="${nonce}">
<script type="application/json" id="config">${escaped(config)}</script>
<script type="module" src="${root}graphiql/assets/${script}"></script>
</head>
<body>
<div id="page"></div>
<noscript>GraphiQL needs JavaScript. Without it, send operations to <code>POST /graphql</code>.</noscript>
</body>
</html>
`

/** The content security policy: this origin only. The editor needs a nonce for its style elements. */
export const pagePolicy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join('; ')

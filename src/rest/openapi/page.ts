/** The page of the description: Swagger UI, without inline scripts and styles in the document. */
export const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>API of the VDAB gateway</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png" />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
    <link rel="stylesheet" href="docs/page.css" />
  </head>
  <body>
    <div id="page"></div>
    <noscript>This page needs JavaScript. The description is at <a href="openapi.json">openapi.json</a>.</noscript>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/page.js"></script>
  </body>
</html>
`

/** Shows the document. Keys stay in the page; it sends no request to another address. */
export const pageScript = `// The gateway may stand behind a path prefix, which only the page knows.
const base = new URL('.', location.href)
// Swagger UI has a dark theme under this class.
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()
SwaggerUIBundle({
  url: new URL('openapi.json', base).href,
  dom_id: '#page',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    const url = new URL(request.url, base)
    if (url.origin === base.origin && !url.pathname.startsWith(base.pathname))
      request.url = new URL(url.pathname.slice(1) + url.search, base).href
    return request
  }
})
`

export const pageStyle = `body { margin: 0; overflow-wrap: anywhere; }
.swagger-ui .btn { overflow-wrap: normal; }
/* White words on a badge need these darker colours to be readable. */
.swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1565c0; }
.swagger-ui .opblock.opblock-post .opblock-summary-method { background: #14683a; }
.swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #a4161a; }
html:not(.dark-mode) .swagger-ui .btn.authorize { color: #14683a; border-color: #14683a; }
html:not(.dark-mode) .swagger-ui .btn.authorize svg { fill: #14683a; }
html:not(.dark-mode) .swagger-ui .info a { color: #0b5cad; }
.swagger-ui .info { margin: 28px 0; }
@media (max-width: 600px) {
  .swagger-ui .wrapper { padding: 0 8px; }
  .swagger-ui .scheme-container { padding: 12px 0; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; }
  .swagger-ui table, .swagger-ui .responses-wrapper { display: block; overflow-x: auto; }
}
`

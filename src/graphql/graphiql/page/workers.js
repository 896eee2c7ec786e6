import editor from 'worker:monaco-editor/esm/vs/editor/editor.worker.js'
import json from 'worker:monaco-editor/esm/vs/language/json/json.worker.js'
import graphql from 'worker:monaco-graphql/esm/graphql.worker.js'

const workers = { editor, json, graphql }

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(new URL(workers[label] ?? editor, import.meta.url), { name: label })
}

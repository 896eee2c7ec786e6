import './nonce.js'
import './workers.js'
import 'graphiql/style.css'
import './page.css'
import { createRoot } from 'react-dom/client'
import { App } from './app.jsx'

const config = JSON.parse(document.getElementById('config').textContent)
createRoot(document.getElementById('page')).render(<App {...config} />)

const nonce = document.querySelector('link[nonce]')?.nonce
const createElement = Document.prototype.createElement

// The editor and React's scroll lock create <style> elements without a nonce.
Document.prototype.createElement = function (...args) {
  const element = createElement.apply(this, args)
  if (element instanceof HTMLStyleElement) element.nonce = nonce
  return element
}

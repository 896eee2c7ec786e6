const styleInTag = /(<[a-z]+(?:\s+[\w-]+="[^"<>]*")*)\s+style="([^"<>]*)"/g

/**
 * A fragment of the editor's HTML whose style attributes are set through the CSSOM: the content security policy refuses
 * them in markup, and a nonce cannot allow an attribute.
 */
export const styledHtml = (html) => {
  const template = document.createElement('template')
  template.innerHTML = String(html).replaceAll(styleInTag, '$1 data-style="$2"')
  for (const element of template.content.querySelectorAll('[data-style]')) {
    element.style.cssText = element.dataset.style
    delete element.dataset.style
  }
  return document.importNode(template.content, true)
}
